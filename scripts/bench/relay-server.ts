// The reference of the relay: node:http that asks the provider and passes on what it streams, chunk by chunk, and keeps
// nothing. What a chunk waits for here it waits for in any process that stands in between on this machine.

import { Agent, createServer, request } from "node:http";

const providerUrl = process.env["PROVIDER_URL"] ?? "";
const agent = new Agent({ keepAlive: true, maxSockets: 1024 });

createServer((incoming, outgoing) => {
  if (incoming.method !== "POST") return void outgoing.end("relay");
  const { method, url, headers } = incoming;
  const asked = request(`${providerUrl}${url}`, { agent, method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { "content-type": "text/event-stream" });
    answer.on("data", (chunk: Buffer) => outgoing.write(chunk));
    answer.on("end", () => outgoing.end());
  });
  asked.on("error", () => outgoing.destroy());
  incoming.pipe(asked);
}).listen(Number(process.env["PORT"]), "127.0.0.1");
