// One-time links of a person: what their secrets are stored as, why one is refused, and that a change of password or
// address ends them all.

import { now } from "../platform/clock";
import { pepperedHashes } from "../platform/crypto";
import { AppError } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";

/** What a link is for is part of its hash: a secret of one kind never opens another door. */
export type LinkPurpose = "email-verification" | "password-reset" | "email-confirm" | "email-cancel";

interface LinkRow {
  consumedAt: Date | null;
  supersededAt: Date | null;
  expiresAt: Date;
}

/** What a new link's secret is stored as. */
export function linkHash(purpose: LinkPurpose, token: string): Uint8Array<ArrayBuffer> {
  const [current] = linkHashes(purpose, token);
  if (!current) throw new Error("the ring of peppers is empty");
  return current;
}

/** What a presented secret may be stored as, under any pepper that is still known. */
export function linkHashes(purpose: LinkPurpose, token: string): Uint8Array<ArrayBuffer>[] {
  return pepperedHashes(`link/${purpose}`, token);
}

/** Why a link does not work; null when it does. */
export function linkProblem(link: LinkRow | null): AppError | null {
  if (link?.consumedAt) return refused("token_used", "This link has already been used.");
  if (!link) return refused("token_invalid", "This link is not valid.");
  if (link.supersededAt) {
    return refused(
      "token_invalid",
      "This link no longer works. Use the one in the newest mail, or ask for a new one.",
    );
  }
  if (link.expiresAt <= now()) return refused("token_expired", "This link has expired. Ask for a new one.");
  return null;
}

/** Makes whatever concerns a person's links take turns: the first lock of every transaction that touches them. */
export async function takeTurn(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
}

/** Ends every link of a person that has not been used. */
export async function supersedeAllLinks(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  const open = { where: { userId, consumedAt: null, supersededAt: null }, data: { supersededAt: now() } };
  await tx.emailVerification.updateMany(open);
  await tx.passwordReset.updateMany(open);
  await tx.emailChange.updateMany({
    where: { userId, confirmedAt: null, cancelledAt: null, supersededAt: null },
    data: { supersededAt: now() },
  });
}

function refused(reason: "token_used" | "token_invalid" | "token_expired", message: string): AppError {
  return new AppError("invalid", message, { reason });
}
