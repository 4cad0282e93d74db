// The easy set-up of Stripe: a page on this machine alone that leads from a test key to an .env file. Its address holds a
// token that opens it once; from then on a cookie of that browser does. Nothing that was typed is logged or shown again.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readText } from "../request-text";
import { type Door, openDoor } from "./door";
import { type Step, setupPage } from "./page";
import { openWalk, type SetupOptions, type Walk } from "./walk";

export interface SetupServer {
  /** To be opened once. */
  url: string;
  /** Resolves when everything is set up, or with `close`. */
  finished: Promise<void>;
  close(): void;
}

const BODY_LENGTH_MAX = 4_096;
const OPEN_MINUTES = 30;

/** Listens on 127.0.0.1 at a free port, for half an hour at most. */
export async function openSetupServer(options: SetupOptions): Promise<SetupServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = randomBytes(32).toString("base64url");
  const close = () => {
    clearTimeout(limit);
    server.close();
    server.closeIdleConnections();
  };
  const limit = setTimeout(close, OPEN_MINUTES * 60_000);
  const finished = new Promise<void>((resolve) => server.once("close", resolve));
  const door = openDoor(origin, token);
  const walk = openWalk(options);
  server.on("request", (request, response) => {
    response.setHeader("connection", "close");
    answer({ door, walk, close }, request, response).catch(() => response.destroy());
  });
  return { url: `${origin}/open?token=${token}`, finished, close };
}

interface Parts {
  door: Door;
  walk: Walk;
  close(): void;
}

async function answer(
  { door, walk, close }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  const isRead = request.method === "GET";
  if (!door.isHere(request)) return refuse(response, 403);
  if (isRead && pathname === "/open") {
    const cookie = door.admit(searchParams.get("token"));
    if (cookie === null) return refuse(response, 403);
    response.writeHead(303, { ...HEADERS, location: "/", "set-cookie": cookie }).end();
    return;
  }
  if (!door.isKnown(request)) return refuse(response, 403);
  if (isRead) {
    if (pathname !== "/") return refuse(response, 404);
    show(response, walk.step(), null);
    if (walk.step().name === "done") close();
    return;
  }
  const error = await walk.act(
    pathname.slice(1),
    new URLSearchParams(await readText(request, BODY_LENGTH_MAX)),
  );
  if (error !== null) show(response, walk.step(), error);
  else response.writeHead(303, { ...HEADERS, location: "/" }).end();
}

const HEADERS = {
  "cache-control": "no-store",
  // With `no-referrer` a browser would hide where a form comes from.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

function show(response: ServerResponse, step: Step, error: string | null): void {
  const nonce = randomBytes(16).toString("base64");
  response.writeHead(error === null ? 200 : 422, {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  });
  response.end(setupPage(step, { nonce, error }));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}
