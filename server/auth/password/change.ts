// Changing the own password: the present one is asked for, the other sessions end, this one gets a new id.

import { recordAudit } from "../../audit/log";
import { db } from "../../platform/db";
import type { ChangePassword } from "../contract";
import { keepThisSession } from "../session/renewal";
import type { NewSession } from "../sessions";
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
