// Changing the own password: the present one is asked for, the other sessions end, this one gets a new id.

import { recordAudit } from "../../audit/log";
import { db } from "../../platform/db";
import { runInTransaction, type Statement } from "../../platform/pipeline";
import type { Prisma } from "../../platform/prisma/client";
import type { ChangePassword } from "../contract";
import { type RevokeReason, revokeAllSessions } from "../session/revocation";
import { type NewSession, rotateSession } from "../sessions";
import { checkOwnPassword, type SignedInCaller } from "../sign-in/password-prompt";
import { makePassword, replacePassword } from "./own";

/**
 * Replaces the caller's password and answers the session that goes on. Throws what `checkOwnPassword` throws (at
 * `currentPassword`), and `invalid` (password_policy) at `newPassword`.
 */
export async function changePassword(caller: SignedInCaller, input: ChangePassword): Promise<NewSession> {
  const { session, request } = caller;
  await checkOwnPassword(caller, input.currentPassword, "currentPassword");
  const field = { field: "newPassword", signal: request.signal };
  const made = await makePassword(session.userId, input.newPassword, field);
  return db().$transaction(async (tx) => {
    await replacePassword(tx, made);
    const { renewed, endedSessions } = await keepThisSession(tx, caller, "password_changed");
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: session.userId },
      action: "account.change_password",
      category: "auth",
      metadata: { endedSessions },
      request,
    });
    return renewed;
  });
}

/** Ends all sessions of the caller and starts the one that takes the place of the present one. */
export async function keepThisSession(
  tx: Prisma.TransactionClient,
  { session, request }: SignedInCaller,
  reason: RevokeReason,
): Promise<{ renewed: NewSession; endedSessions: number }> {
  const endedSessions = (await revokeAllSessions(tx, session.userId, reason)) - 1;
  const { sessionEpoch: epoch } = await tx.user.findUniqueOrThrow({ where: { id: session.userId } });
  const batch: Statement[] = [];
  const renewed = await rotateSession(batch, { ...session, epoch }, { request });
  await runInTransaction(tx, batch);
  return { renewed, endedSessions: Math.max(0, endedSessions) };
}
