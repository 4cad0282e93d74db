// Runs that wait for an owner: a row, and the bell beside the dispatcher's door, which whoever starts a run rings after
// the commit.

import { publish } from "../platform/events";
import { newId } from "../platform/ids";
import type { Prisma } from "../platform/prisma/client";
import type { TenantDb, TenantScope } from "../platform/tenant-db";
import { QUEUED_CHANNEL } from "./stream/channel";

let listener: (() => boolean) | undefined;

type NewRun = Omit<Prisma.RunUncheckedCreateInput, "tenantId" | "userId" | "id">;

/** Has an answer written, once the caller's transaction is committed and the bell is rung; answers the run's id. */
export async function queueRun(db: TenantDb, scope: TenantScope, run: NewRun): Promise<string> {
  const id = newId();
  await db.run.create({ data: { ...run, tenantId: scope.tenantId, userId: scope.userId, id } });
  return id;
}

/** Says that a run waits: this process takes it at once when it can, otherwise all instances are told. */
export function nudgeRuns(): void {
  if (!listener?.()) publish(QUEUED_CHANNEL, "");
}

/** The dispatcher's ear. It answers whether it will look; null when it no longer listens. */
export function onNudge(listen: (() => boolean) | null): void {
  listener = listen ?? undefined;
}
