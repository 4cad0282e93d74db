// One instance of Parley's run engine as a process of its own, to be killed: it takes runs from the database it is given
// and serves their events as lines of JSON. The real server does the same behind more doors.

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepAnswer } from "../../server/chat/answers";
import { closeEvents } from "../../server/platform/events";
import { replaceLlm } from "../../server/platform/model";
import { openAiProvider } from "../../server/platform/model-openai";
import type { TenantId } from "../../server/platform/tenant-db";
import { handOverRuns, startRunDispatcher } from "../../server/runs/dispatcher";
import { runEvents } from "../../server/runs/stream/events";
import { countingTool } from "../factories/runs";

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
};

const MODELS = [{ id: "fake-1", label: "Fake", contextTokens: 8_000, maxOutputTokens: 1_000 }];
// No answer of the stand-in is late on purpose; a busy machine may be.
const timeouts = { firstByteMs: 20_000, idleMs: 20_000 };
replaceLlm(
  openAiProvider({ apiKey: "test", baseUrl: setting("CHAOS_PROVIDER_URL"), models: MODELS, timeouts }),
);

// The count stands with the parent, which outlives every instance.
const note = countingTool(async (text) => {
  await fetch(`${setting("CHAOS_NOTES_URL")}?text=${encodeURIComponent(text)}`, { method: "POST" });
});

// Events written to clients, by run.
const written = new Map<string, number>();

const serve: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://instance");
  const run = searchParams.get("run") ?? "";
  if (pathname === "/written") return void response.end(String(written.get(run) ?? 0));
  const scope = { tenantId: searchParams.get("tenant") as TenantId, userId: searchParams.get("user") ?? "" };
  const ending = new AbortController();
  response.once("close", () => ending.abort());
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.flushHeaders();
  void (async () => {
    await runEvents(scope, run, searchParams.get("after"), ending.signal).into({
      take: (tracked) => {
        written.set(run, (written.get(run) ?? 0) + 1);
        return response.write(`${JSON.stringify(tracked)}\n`);
      },
      ready: async () => {
        if (response.writableNeedDrain) await once(response, "drain", { signal: ending.signal });
      },
    });
    response.end();
  })().catch(() => response.destroy());
};
const server = createServer(serve);

// For clients that stop reading: the buffers of such a socket are small and fixed, those of TCP grow by megabytes.
const socketPath = join(tmpdir(), `parley-chaos-${process.pid}.sock`);
const localServer = createServer(serve);

// `on`, since @openai/agents ends a process in which it finds no other listener.
process.on("SIGTERM", () => {
  void handOverRuns()
    .then(closeEvents)
    .finally(() => process.exit(0));
});

process.stdin.on("end", () => process.exit(0)).resume();

await startRunDispatcher({
  leaseMs: Number(process.env["CHAOS_LEASE_MS"] ?? 1_500),
  renewMs: 400,
  pollMs: 150,
  tools: [note],
  searchOwnConversations: async () => [],
  keepAnswer,
});
await new Promise<void>((resolve) => localServer.listen(socketPath, resolve));
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready ${(server.address() as AddressInfo).port} ${socketPath}\n`);
});
