import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tracked } from "@trpc/server";
import { afterEach, expect, test } from "vitest";
import type { Exchange } from "./http-exchange";
import { endStreams, openStream } from "./http-stream";
import { sleep } from "./platform/clock";
import { AppError } from "./platform/errors";
import { Feed } from "./platform/feed";
import { requestInfo } from "./request";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server whose every request is this subscription; answers what it did. */
async function serve(
  subscription: (exchange: Exchange) => Feed<unknown> | AsyncGenerator<unknown>,
): Promise<number> {
  server = createServer((req, res) => {
    const info = requestInfo({ id: "r1", ip: "127.0.0.1", userAgent: "", url: "/", cookie: null });
    const gone = new AbortController();
    info.signal = gone.signal;
    res.once("close", () => !res.writableFinished && gone.abort());
    const leave = () => gone.abort();
    const place = { method: "GET", path: "/trpc/x", query: "", label: "" };
    const exchange: Exchange = { req, res, info, ...place, leave };
    const source = subscription(exchange);
    void openStream(exchange, "x", async () => (source instanceof Feed ? source : Feed.of(source)));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function open(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { accept: "text/event-stream" };
    request({ host: "127.0.0.1", port, headers }, resolve).on("error", reject).end();
  });
}

async function readAll(stream: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

test("events are written with their ids, and the end is told", async () => {
  const port = await serve(async function* () {
    yield tracked("1-1", { type: "delta", text: "line\nbreak" });
    yield tracked("1-2", { type: "final" });
  });
  const answer = await open(port);
  expect(answer.headers["cache-control"]).toBe("no-cache, no-transform");
  expect(answer.headers["x-request-id"]).toBe("r1");
  const events = (await readAll(answer)).split("\n\n\n").filter(Boolean);
  expect(events).toEqual([
    'event: connected\ndata: {"reconnectAfterInactivityMs":45000}',
    'data: {"type":"delta","text":"line\\nbreak"}\nid: 1-1',
    'data: {"type":"final"}\nid: 1-2',
    "event: return\ndata: ",
  ]);
});

test("a refusal in the middle is told as an error, without an end", async () => {
  const port = await serve(async function* () {
    yield tracked("1-1", {});
    throw new AppError("forbidden", "Your role has changed.");
  });
  const text = await readAll(await open(port));
  expect(text).toContain('event: serialized-error\ndata: {"message":"Your role has changed."');
  expect(text).not.toContain("event: return");
});

test("a client that goes away ends the subscription", async () => {
  let isEnded = false;
  const port = await serve(async function* ({ info }) {
    try {
      while (!info.signal?.aborted) {
        yield { at: Date.now() };
        await sleep(20, info.signal);
      }
    } finally {
      isEnded = true;
    }
  });
  const stream = await open(port);
  await new Promise((resolve) => stream.once("data", resolve));
  stream.destroy();
  for (let round = 0; round < 1_000 && !isEnded; round += 1) await sleep(20);
  expect(isEnded).toBe(true);
});

test("a client that does not read is waited for, and nothing piles up", async () => {
  let yielded = 0;
  const port = await serve(async function* () {
    const text = "x".repeat(64 * 1024);
    for (; yielded < 2_000; yielded += 1) yield { text };
  });
  const stream = await open(port);
  stream.pause();
  await sleep(600);
  const whilePaused = yielded;
  expect(whilePaused).toBeLessThan(500);
  stream.destroy();
});

test("a client that has caught up before it is waited for is not waited for", async () => {
  const text = "x".repeat(64 * 1024);
  const port = await serve(
    () =>
      new Feed(async (sink) => {
        while (sink.take({ text }));
        await sleep(200);
        await sink.ready();
        sink.take(tracked("1-1", {}));
      }),
  );
  expect(await readAll(await open(port))).toContain("id: 1-1");
});

test("streams that the process ends say nothing, so that clients come back", async () => {
  const port = await serve(async function* ({ info }) {
    yield tracked("1-1", {});
    await sleep(50_000, info.signal);
    yield tracked("1-2", {});
  });
  const stream = await open(port);
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes("id: 1-1")) endStreams();
  }
  expect(text).toContain("id: 1-1");
  expect(text).not.toContain("event: return");
  expect(text).not.toContain("id: 1-2");
});
