// Erasing an account whose time has come. It walks the data map in chunks; every step finds what an earlier try has
// done, and the person's own row goes last, together with the order to erase: until then any crash is made good by
// beginning anew, and afterwards there is nothing left to do.

import { recordAudit } from "../audit/log";
import { findPerson, removeAccount } from "../auth/users";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { type ErasedCounts, erasePersonOf, eraseTenantOf, type Person } from "../platform/personal-data";
import { removeStored } from "../platform/storage";
import type { TenantId } from "../platform/tenant-db";
import { leaveBehind, removeWorkspace, workspacesOf } from "../tenants/departure";
import { DATA_MAP } from "./data-map";

const ACCOUNTS_PER_RUN = 100;

/** Erases the accounts whose days of grace are over. */
export async function eraseDueAccounts(signal?: AbortSignal): Promise<void> {
  const due = await platformDb().accountDeletion.findMany({
    where: { dueAt: { lte: now() } },
    orderBy: { dueAt: "asc" },
    take: ACCOUNTS_PER_RUN,
  });
  for (const { userId } of due) {
    if (signal?.aborted) return;
    await eraseAccount(userId);
  }
}

async function eraseAccount(userId: string): Promise<void> {
  if (!(await claim(userId))) return;
  const person = await findPerson(userId);
  if (person === null) return;
  for (const tenantId of await workspacesOf(userId)) await eraseMembership(tenantId, userId);
  const counts: ErasedCounts = {};
  for (const room of DATA_MAP) Object.assign(counts, await erasePersonOf(room, person));
  for (const folder of ["avatars", "exports"]) await removeStored(`${folder}/${userId}`);
  await finish(person, counts);
}

// From here on there is no way back; cancelling finds the mark.
async function claim(userId: string): Promise<boolean> {
  const at = now();
  const isDue = { userId, dueAt: { lte: at } };
  await platformDb().accountDeletion.updateMany({
    where: { ...isDue, erasingAt: null },
    data: { erasingAt: at },
  });
  return (await platformDb().accountDeletion.count({ where: isDue })) === 1;
}

async function eraseMembership(tenantId: TenantId, userId: string): Promise<void> {
  if (await leaveBehind(tenantId, userId)) return;
  for (const room of DATA_MAP) await eraseTenantOf(room, tenantId);
  // Somebody who joined at this very moment keeps the workspace, and becomes its owner.
  if (!(await removeWorkspace(tenantId, userId))) await leaveBehind(tenantId, userId);
}

async function finish(person: Person, counts: ErasedCounts): Promise<void> {
  const erased = Object.entries(counts).filter(([, count]) => count > 0);
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.accountDeletion.deleteMany({ where: { userId: person.id } });
    if (count === 0) return;
    await removeAccount(tx, person.id);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "account.erased",
      category: "auth",
      target: { type: "user", id: person.id },
      metadata: Object.fromEntries(erased),
    });
  });
}
