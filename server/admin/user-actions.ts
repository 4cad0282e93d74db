// What operators do to an account. Each is one transaction: the effect, the end of the person's sessions where it harms,
// the mail, the audit row.

import { type Hold, holdUser, readmitUser, releaseUser, setPlatformRole } from "../auth/account/user-state";
import { issueVerification } from "../auth/address/verification";
import { resetPasswordOf } from "../auth/password/reset";
import { PLATFORM_RANK } from "../auth/terms";
import { resetTwoFactorOf } from "../mfa/settings";
import { AppError } from "../platform/errors";
import { TEXT_FORBIDDEN } from "../tenants/terms";
import type { HarmUser, NameUser, ResetPassword, SetRole } from "./contract";
import { actOnUser, assertMayActOn, type Operator } from "./operator";
import {
  TEXT_ALREADY_VERIFIED,
  TEXT_DISABLED_ALREADY,
  TEXT_LOCKED_ALREADY,
  TEXT_NOT_DISABLED,
  TEXT_NOT_LOCKED,
  TEXT_ROLE_ALREADY,
  TEXT_UNLOCK_UNVERIFIED,
} from "./terms";

/** Locks an account and ends its sessions. Throws `conflict` when an operator has locked it already. */
export async function lockUser(operator: Operator, input: HarmUser): Promise<void> {
  await hold(operator, input, { hold: "lock", action: "user.lock", conflict: TEXT_LOCKED_ALREADY });
}

/** Disables an account and ends its sessions. Throws `conflict` when it is disabled already. */
export async function disableUser(operator: Operator, input: HarmUser): Promise<void> {
  await hold(operator, input, { hold: "disable", action: "user.disable", conflict: TEXT_DISABLED_ALREADY });
}

/** Lifts an operator's lock and nothing else. Throws `conflict` for an unconfirmed account and for one without such a lock. */
export async function unlockUser(operator: Operator, { userId }: NameUser): Promise<void> {
  await actOnUser(operator, { userId, action: "user.unlock" }, async (tx, target) => {
    if (!target.isVerified) throw new AppError("conflict", TEXT_UNLOCK_UNVERIFIED);
    if (!(await releaseUser(tx, userId, "lock"))) throw new AppError("conflict", TEXT_NOT_LOCKED);
    return {};
  });
}

/** Lifts a disablement, also that for want of a workspace, and nothing else. Throws `conflict` when there is none. */
export async function enableUser(operator: Operator, { userId }: NameUser): Promise<void> {
  await actOnUser(operator, { userId, action: "user.enable" }, async (tx) => {
    const isReleased = await releaseUser(tx, userId, "disable");
    const isReadmitted = await readmitUser(tx, userId);
    if (!isReleased && !isReadmitted) throw new AppError("conflict", TEXT_NOT_DISABLED);
    return {};
  });
}

/**
 * Gives a platform role, at most the operator's own rank, and ends the person's sessions. An admin may take the role of
 * another admin, so that the platform can part with one; nobody takes their own.
 */
export async function setRole(operator: Operator, { userId, role, reason }: SetRole): Promise<void> {
  const deed = { userId, action: "user.set_role", reason, needsStepUp: true, isForFellowAdmins: true };
  await actOnUser(operator, deed, async (tx, target) => {
    if (PLATFORM_RANK[role] > PLATFORM_RANK[target.operatorRole]) {
      throw new AppError("forbidden", TEXT_FORBIDDEN);
    }
    if (role === target.platformRole) throw new AppError("conflict", TEXT_ROLE_ALREADY);
    const endedSessions = await setPlatformRole(tx, userId, role);
    return { from: target.platformRole, to: role, endedSessions };
  });
}

/** Mails a new link to confirm the address. Throws `conflict` when it is confirmed already. */
export async function resendLink(operator: Operator, { userId }: NameUser): Promise<void> {
  await actOnUser(operator, { userId, action: "user.resend_verification" }, async (tx, target) => {
    if (target.isVerified) throw new AppError("conflict", TEXT_ALREADY_VERIFIED);
    await issueVerification(tx, target);
    return {};
  });
}

/** Sets a password under policy and history, and ends the person's sessions. Throws `invalid` at `password`. */
export async function resetPassword(operator: Operator, input: ResetPassword): Promise<void> {
  await assertMayActOn(operator, input.userId);
  await resetPasswordOf(operator, input);
}

/** Takes a second factor away that its owner has lost, and ends their sessions. Throws `conflict` when there is none. */
export async function resetTwoFactor(operator: Operator, { userId, reason }: HarmUser): Promise<void> {
  await assertMayActOn(operator, userId);
  await resetTwoFactorOf(operator, userId, reason);
}

async function hold(
  operator: Operator,
  { userId, reason }: HarmUser,
  { hold: kind, action, conflict }: { hold: Hold; action: string; conflict: string },
): Promise<void> {
  await actOnUser(operator, { userId, action, reason, needsStepUp: kind === "disable" }, async (tx) => {
    const endedSessions = await holdUser(tx, userId, { hold: kind, reason });
    if (endedSessions === null) throw new AppError("conflict", conflict);
    return { endedSessions };
  });
}
