// What people are called, for logs and lists that know them by id.

import { db } from "../../platform/db";
import type { Prisma } from "../../platform/prisma/client";

/** Addresses by id; whoever is no more is missing. */
export async function emailsOf(
  ids: (string | null)[],
  tx: Prisma.TransactionClient = db(),
): Promise<Map<string, string>> {
  const known = ids.filter((id) => id !== null);
  const rows = await tx.user.findMany({ where: { id: { in: known } }, select: { id: true, email: true } });
  return new Map(rows.map(({ id, email }) => [id, email]));
}

/** Display names by id; whoever is no more is missing. */
export async function displayNamesOf(
  ids: string[],
  tx: Prisma.TransactionClient = db(),
): Promise<Map<string, string>> {
  const rows = await tx.userProfile.findMany({
    where: { userId: { in: ids } },
    select: { userId: true, displayName: true },
  });
  return new Map(rows.map(({ userId, displayName }) => [userId, displayName]));
}
