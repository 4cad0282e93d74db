// Stopping a run. The wish is a row, seen by every instance; the message on the run's control channel only makes the
// owner look sooner. What was written so far stays.

import { now } from "../platform/clock";
import { notFound } from "../platform/errors";
import { publish } from "../platform/events";
import { type TenantDb, type TenantId, type TenantScope, withTenant } from "../platform/tenant-db";
import { controlChannel } from "./stream/channel";

/** Asks the owner of one's own run to stop; from any tab, any instance, any number of times. */
export async function stopRun(scope: TenantScope, { runId }: { runId: string }): Promise<{ runId: string }> {
  const stopped = await withTenant(scope, async (db) => {
    const own = { tenantId: scope.tenantId, id: runId, userId: scope.userId };
    if ((await db.run.count({ where: own })) === 0) throw notFound("Run");
    return requestStop(db, scope, { id: runId });
  });
  tellOwners(stopped);
  return { runId };
}

/** Makes the owners of these runs look at once; call it after the commit that marked them. */
export function tellOwners(runIds: string[]): void {
  for (const id of runIds) publish(controlChannel(id), "stop");
}

/** Marks all active runs of the workspace as to be stopped and answers which they are; tell their owners afterwards. */
export async function requestStopOfAll(db: TenantDb, tenantId: TenantId): Promise<string[]> {
  const active = { tenantId, status: { in: ["queued", "running"] as ("queued" | "running")[] } };
  await db.run.updateMany({ where: { ...active, stopRequestedAt: null }, data: { stopRequestedAt: now() } });
  const runs = await db.run.findMany({ where: active, select: { id: true } });
  return runs.map((run) => run.id);
}

/** Marks the person's active runs that fit as to be stopped and answers which they are; tell their owners afterwards. */
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
