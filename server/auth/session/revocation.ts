// How sessions end before their time: one, the others, all of a person, and all at once when a replaced token comes back.
// Always true: every end has its reason, is told to open streams, and counts only sessions that were live.

import { recordAudit } from "../../audit/log";
import { now } from "../../platform/clock";
import { db } from "../../platform/db";
import type { Prisma } from "../../platform/prisma/client";
import type { RequestInfo } from "../../request";
import type { SessionRow } from "./rows";
import { announceStanding } from "./standing";

export type RevokeReason =
  | "logout"
  | "logout_all"
  | "revoked_by_owner"
  | "replaced"
  | "signed_in_as_another"
  | "password_changed"
  | "email_changed"
  | "email_verified"
  | "token_reused"
  | "account_leaving"
  | "locked_by_operator"
  | "disabled_by_operator"
  | "role_changed"
  | "left_without_workspace"
  | "second_factor_changed";

/** Requests already under way when a session was replaced may still carry the old token. */
const IN_FLIGHT_MS = 10_000;

/** Ends one session of a person; answers whether there was a live one of that id. */
export async function revokeSession(
  tx: Prisma.TransactionClient,
  session: { userId: string; sessionId: string },
  reason: RevokeReason,
): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: session.sessionId, userId: session.userId, revokedAt: null },
    data: { revokedAt: now(), revokedReason: reason },
  });
  announceStanding(session.userId);
  return count === 1;
}

/** Ends a person's sessions but one; answers how many were live. */
export async function revokeOtherSessions(
  tx: Prisma.TransactionClient,
  kept: { userId: string; sessionId: string },
): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: { ...liveSessionsOf(kept.userId), NOT: { id: kept.sessionId } },
    data: { revokedAt: now(), revokedReason: "revoked_by_owner" satisfies RevokeReason },
  });
  announceStanding(kept.userId);
  return count;
}

/** Ends all sessions of a person, also those being started right now; answers how many were live. */
export async function revokeAllSessions(
  tx: Prisma.TransactionClient,
  userId: string,
  reason: RevokeReason,
): Promise<number> {
  await tx.user.update({ where: { id: userId }, data: { sessionEpoch: { increment: 1 } } });
  return endRows(tx, userId, reason);
}

/** What a live session looks like in the table. */
export function liveSessionsOf(userId: string) {
  const live = { gt: now() };
  return { userId, revokedAt: null, idleExpiresAt: live, absoluteExpiresAt: live };
}

/**
 * Ends all sessions of a person whose replaced token comes back: it was copied, and whoever has the successor may be the
 * thief. Presented many times at once, it is answered once.
 */
export async function answerReuse(row: SessionRow, request: RequestInfo): Promise<void> {
  const replacedMs = row.revoked_at?.getTime() ?? 0;
  const isInFlight = now().getTime() - replacedMs < IN_FLIGHT_MS;
  if (isInFlight || row.epoch !== row.session_epoch || row.absolute_expires_at < now()) return;
  await db().$transaction(async (tx) => {
    const { count: isFirst } = await tx.user.updateMany({
      where: { id: row.user_id, sessionEpoch: row.epoch },
      data: { sessionEpoch: { increment: 1 } },
    });
    if (!isFirst) return;
    const count = await endRows(tx, row.user_id, "token_reused");
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "session.token_reused",
      category: "auth",
      target: { type: "user", id: row.user_id },
      result: "failure",
      metadata: { sessionId: row.id, endedSessions: count },
      request,
    });
  });
}

async function endRows(tx: Prisma.TransactionClient, userId: string, reason: RevokeReason): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: liveSessionsOf(userId),
    data: { revokedAt: now(), revokedReason: reason },
  });
  announceStanding(userId);
  return count;
}
