// What a gain of privilege or a change of secrets does to a person's sessions: all of them end, and the browser that asked
// for it goes on under a new id.

import { runInTransaction, type Statement } from "../../platform/pipeline";
import type { Prisma } from "../../platform/prisma/client";
import type { RequestInfo } from "../../request";
import { type NewSession, rotateSession, type SessionState } from "../sessions";
import { type RevokeReason, revokeAllSessions } from "./revocation";

interface Caller {
  session: SessionState;
  request: RequestInfo;
}

/** Ends all sessions of the caller and starts the one that takes the place of the present one. */
export async function keepThisSession(
  tx: Prisma.TransactionClient,
  { session, request }: Caller,
  reason: RevokeReason,
): Promise<{ renewed: NewSession; endedSessions: number }> {
  const endedSessions = (await revokeAllSessions(tx, session.userId, reason)) - 1;
  const { sessionEpoch: epoch } = await tx.user.findUniqueOrThrow({ where: { id: session.userId } });
  const batch: Statement[] = [];
  const renewed = await rotateSession(batch, { ...session, epoch }, { request });
  await runInTransaction(tx, batch);
  return { renewed, endedSessions: Math.max(0, endedSessions) };
}

/**
 * Ends all sessions of a person whose link was used. The browser that used it may be anybody's: it goes on only where it
 * was this person's already, and a link alone signs nobody in.
 */
export async function endSessionsByLink(
  tx: Prisma.TransactionClient,
  link: { userId: string; reason: RevokeReason },
  { session, request }: { session: SessionState | null; request: RequestInfo },
): Promise<{ renewed: NewSession | null; endedSessions: number }> {
  const { userId, reason } = link;
  if (session?.userId === userId) return keepThisSession(tx, { session, request }, reason);
  return { renewed: null, endedSessions: await revokeAllSessions(tx, userId, reason) };
}
