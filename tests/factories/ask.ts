// One HTTP request to a server of this machine, asked the way no browser could: any header, any method.

import { type IncomingHttpHeaders, request } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  json: () => Record<string, unknown>;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Asks a server of this machine. */
export function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: Question,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { host: "localhost:3000", ...headers },
    });
    let isAnswered = false;
    // A server that has refused closes while the body is still being sent.
    outgoing.on("error", (error) => isAnswered || reject(error));
    outgoing.on("response", (incoming) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", () => {});
      incoming.on("close", () => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0, headers: received } = incoming;
        resolve({ status, headers: received, body: text, json: () => JSON.parse(text) });
      });
    });
    outgoing.end(body);
  });
}
