// A client that follows a run through whatever happens to the instances: it reconnects to another one with the last id
// it has seen, and remembers what it was shown.

import { setTimeout as wait } from "node:timers/promises";
import type { TenantScope } from "../../server/platform/tenant-db";
import { isTerminal } from "../../server/runs/fold";
import type { TrackedRunEvent } from "../../server/runs/stream/events";
import type { Instance } from "./instances";

export interface WitnessOptions {
  /** Any instance that is up now. */
  pick(): Instance | undefined;
  /** Pause after each event, for a slow reader. */
  pauseMs?: number;
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
    if (instance)
      await readFrom(instance, { scope, runId, seen, pauseMs: options.pauseMs ?? 0 }).catch(() => {});
    const last = seen.at(-1);
    if (last && isTerminal(last.event)) return seen;
    await wait(50);
  }
}

interface Reading {
  scope: TenantScope;
  runId: string;
  seen: TrackedRunEvent[];
  pauseMs: number;
}

async function readFrom(instance: Instance, { scope, runId, seen, pauseMs }: Reading): Promise<void> {
  const query = new URLSearchParams({ tenant: scope.tenantId, user: scope.userId, run: runId });
  const after = seen.at(-1)?.id;
  if (after) query.set("after", after);
  const response = await fetch(`http://127.0.0.1:${instance.port}/?${query}`);
  let rest = "";
  const decoder = new TextDecoder();
  if (!response.body) return;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      seen.push(JSON.parse(line) as TrackedRunEvent);
      if (pauseMs > 0) await wait(pauseMs);
    }
  }
}
