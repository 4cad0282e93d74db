// The password of a person: judged, remembered and replaced. Judging and hashing come before the transaction that
// replaces it; whoever replaces it ends what the old one had opened.

import { now } from "../../platform/clock";
import { db } from "../../platform/db";
import { AppError, notFound } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { queueMail } from "../../platform/mailer";
import type { Prisma } from "../../platform/prisma/client";
import { withUser } from "../../platform/tenant-db";
import { passwordChangedMail } from "../emails";
import { supersedeAllLinks, takeTurn } from "../links";
import { PASSWORD_HISTORY_LENGTH } from "../terms";
import { hashPassword, matchesAny, type StoredPassword } from "./hash";
import { assertPasswordPolicy } from "./policy";

export interface NewPassword {
  userId: string;
  email: string;
  stored: StoredPassword;
  /** The password that was there when this one was judged. */
  replaces: Date | null;
}

const TEXT_REUSED = "You have used this password before. Choose another one.";
const WORKSPACES_MAX = 20;

/**
 * Judges and hashes a new password of a person. Throws `invalid` (password_policy) at `field` when it does not fit the
 * policy or is one of the last five. Never call it inside a transaction.
 */
export async function makePassword(
  userId: string,
  password: string,
  { field, signal }: { field: string; signal: AbortSignal | undefined },
): Promise<NewPassword> {
  const user = await db().user.findUnique({
    where: { id: userId },
    include: { profile: true, password: true, passwordHistory: { orderBy: { createdAt: "desc" } } },
  });
  if (!user) throw notFound("Account");
  const tenantName = (await workspaceNames(userId)).join(" ");
  await assertPasswordPolicy(
    password,
    { email: user.email, name: user.profile?.displayName, tenantName },
    field,
  );
  const earlier = user.passwordHistory.slice(0, PASSWORD_HISTORY_LENGTH - 1);
  const known = user.password ? [user.password, ...earlier] : earlier;
  if (await matchesAny(userId, known, password, signal)) {
    throw new AppError("invalid", TEXT_REUSED, {
      reason: "password_policy",
      fields: { [field]: TEXT_REUSED },
    });
  }
  const stored = await hashPassword(userId, password, signal);
  return { userId, email: user.email, stored, replaces: user.password?.changedAt ?? null };
}

/**
 * Puts a new password in place: the old one is remembered, every open link of the person ends, the owner is told. Throws
 * `conflict` when the password was changed meanwhile.
 */
export async function replacePassword(tx: Prisma.TransactionClient, password: NewPassword): Promise<void> {
  const { userId, email, stored, replaces } = password;
  await takeTurn(tx, userId);
  const present = await tx.passwordCredential.findUnique({ where: { userId } });
  if ((present?.changedAt.getTime() ?? null) !== (replaces?.getTime() ?? null)) {
    throw new AppError("conflict", "The password was changed a moment ago. Please try again.");
  }
  if (present) await remember(tx, present);
  const data = { ...stored, changedAt: now() };
  await tx.passwordCredential.upsert({ where: { userId }, create: { userId, ...data }, update: data });
  await supersedeAllLinks(tx, userId);
  await queueMail(tx, { to: email, ...passwordChangedMail(now()) });
}

async function remember(
  tx: Prisma.TransactionClient,
  old: StoredPassword & { userId: string },
): Promise<void> {
  const { userId, envelope, pepperKeyId, paramsVersion } = old;
  const row = { id: newId(), userId, envelope, pepperKeyId, paramsVersion, createdAt: now() };
  await tx.passwordHistory.create({ data: row });
  const kept = await tx.passwordHistory.findMany({
    where: { userId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PASSWORD_HISTORY_LENGTH - 1,
    select: { id: true },
  });
  await tx.passwordHistory.deleteMany({ where: { userId, id: { notIn: kept.map(({ id }) => id) } } });
}

async function workspaceNames(userId: string): Promise<string[]> {
  const rows = await withUser(userId, (tx) =>
    tx.tenantMember.findMany({
      where: { userId },
      include: { tenant: { select: { name: true } } },
      take: WORKSPACES_MAX,
    }),
  );
  return rows.map(({ tenant }) => tenant.name);
}
