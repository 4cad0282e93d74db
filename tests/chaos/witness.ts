// Clients that remember what they were shown of a run. One follows it through whatever happens to the instances: it
// reconnects to another one with the last id it has seen. The other stays where it is and stops reading.

import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { TenantScope } from "../../server/platform/tenant-db";
import { isTerminal } from "../../server/runs/fold";
import type { TrackedRunEvent } from "../../server/runs/stream/events";
import type { Instance } from "./instances";

export interface WitnessOptions {
  /** Any instance that is up now. */
  pick(): Instance | undefined;
}

/** Everything a client is shown of a run, up to and with its terminal event. */
export async function witness(
  scope: TenantScope,
  runId: string,
  options: WitnessOptions,
): Promise<TrackedRunEvent[]> {
  const seen: TrackedRunEvent[] = [];
  for (;;) {
    const instance = options.pick();
    if (instance) await readFrom(instance, { scope, runId, seen }).catch(() => {});
    const last = seen.at(-1);
    if (last && isTerminal(last.event)) return seen;
    await wait(50);
  }
}

interface Reading {
  scope: TenantScope;
  runId: string;
  seen: TrackedRunEvent[];
}

async function readFrom(instance: Instance, { scope, runId, seen }: Reading): Promise<void> {
  const after = seen.at(-1)?.id;
  const query = `${queryOf(scope, runId)}${after ? `&after=${after}` : ""}`;
  const response = await fetch(`http://127.0.0.1:${instance.port}/?${query}`);
  if (response.body) await readEvents(response.body as unknown as AsyncIterable<Uint8Array>, seen);
}

async function readEvents(body: AsyncIterable<Uint8Array>, seen: TrackedRunEvent[]): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) seen.push(JSON.parse(line) as TrackedRunEvent);
  }
}

function queryOf(scope: TenantScope, runId: string): URLSearchParams {
  return new URLSearchParams({ tenant: scope.tenantId, user: scope.userId, run: runId });
}

export interface PausedWitness {
  /** How many events its instance has written to it, those in buffers included. */
  written(): Promise<number>;
  /** Reads on to the end of the stream and answers everything that it was shown. */
  readAll(): Promise<TrackedRunEvent[]>;
}

/** A client that opens a run's stream and reads nothing of it yet. */
export async function pausedWitness(
  scope: TenantScope,
  runId: string,
  { port, socketPath }: Instance,
): Promise<PausedWitness> {
  const query = queryOf(scope, runId);
  const [response] = (await once(get({ socketPath, path: `/?${query}` }), "response")) as [IncomingMessage];
  return {
    written: async () => Number(await (await fetch(`http://127.0.0.1:${port}/written?${query}`)).text()),
    readAll: async () => {
      const seen: TrackedRunEvent[] = [];
      await readEvents(response, seen);
      return seen;
    },
  };
}
