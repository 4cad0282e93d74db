// Stopping a run. The wish is a row, seen by every instance; the message on the run's control channel only makes the
// owner look sooner. What was written so far stays.

import { now } from "../platform/clock";
import { notFound } from "../platform/errors";
import { publish } from "../platform/events";
import { type TenantDb, type TenantScope, withTenant } from "../platform/tenant-db";
import type { StopRun } from "./contract";

/** Where a run's owner listens for wishes. */
export function controlChannel(runId: string): string {
  return `run:${runId}:control`;
}

/** Asks the owner of one's own run to stop; from any tab, any instance, any number of times. */
export async function stopRun(scope: TenantScope, { runId }: StopRun): Promise<{ runId: string }> {
  const stopped = await withTenant(scope, async (db) => {
    const own = { tenantId: scope.tenantId, id: runId, userId: scope.userId };
    if ((await db.run.count({ where: own })) === 0) throw notFound("Run");
    return requestStop(db, scope, { id: runId });
  });
  for (const id of stopped) publish(controlChannel(id), "stop");
  return { runId };
}

/** Marks the person's active runs that fit as to be stopped and answers which they are; publish after the commit. */
export async function requestStop(
  db: TenantDb,
  scope: TenantScope,
  which: { id: string } | { conversationId: string },
): Promise<string[]> {
  const active = {
    tenantId: scope.tenantId,
    userId: scope.userId,
    status: { in: ["queued", "running"] as ("queued" | "running")[] },
    ...which,
  };
  await db.run.updateMany({ where: { ...active, stopRequestedAt: null }, data: { stopRequestedAt: now() } });
  const runs = await db.run.findMany({ where: active, select: { id: true } });
  return runs.map((run) => run.id);
}
