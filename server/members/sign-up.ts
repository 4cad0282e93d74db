// Creating an account out of an invite. The mailed link proves the mailbox: the account is confirmed and a member at once,
// and whatever somebody else registered under that address without proving it is wiped first. A link that was copied by
// hand proves nothing: its account is confirmed by mail like any other, and accepts the invite then.

import { recordAudit } from "../audit/log";
import { issueVerification } from "../auth/address/verification";
import { alreadyRegisteredMail } from "../auth/emails";
import { hashPassword, type StoredPassword } from "../auth/password/hash";
import { assertPasswordPolicy } from "../auth/password/policy";
import { TEXT_REGISTERED } from "../auth/terms";
import { createUser, findAccount, newUserId, replacePendingUser } from "../auth/users";
import { db } from "../platform/db";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError } from "../platform/errors";
import { onTheBeat } from "../platform/even-time";
import { queueMail } from "../platform/mailer";
import type { Prisma } from "../platform/prisma/client";
import { withTenant } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { removePendingPerson } from "../tenants/departure";
import { defaultTenantName, renameUntouched } from "../tenants/tenants";
import { claimInvite, type FoundInvite, findInvite, joinInvited } from "./acceptance";
import type { SignUp } from "./contract";
import { TEXT_HAS_ACCOUNT, TEXT_INVITE_ACCEPTED } from "./terms";

interface Newcomer {
  invite: FoundInvite;
  userId: string;
  displayName: string;
  password: StoredPassword;
  request: RequestInfo;
}

/**
 * Registers the invited address. `isMember` says whether the person may sign in at once. Throws T-14 to T-16, `invalid` at
 * `password`, and `conflict` when the address has an account (of the mailed link alone: others are told nothing).
 */
export async function signUpInvited(
  { token, name, password }: SignUp,
  request: RequestInfo,
): Promise<{ message: string; isMember: boolean; email: string }> {
  const invite = await findInvite(token);
  const { email, provesMailbox: isMember } = invite;
  await assertPasswordPolicy(password, { email, name, tenantName: invite.tenant.name });
  const known = isMember ? null : await findAccount(email);
  const userId = known?.id ?? newUserId();
  const stored = await hashPassword(userId, password, request.signal);
  const newcomer = { invite, userId, displayName: name, password: stored, request };
  if (isMember) await becomeMember(newcomer);
  else await onTheBeat(() => registerUnproved(newcomer));
  return { message: isMember ? TEXT_INVITE_ACCEPTED : TEXT_REGISTERED, isMember, email };
}

async function becomeMember(newcomer: Newcomer): Promise<void> {
  const { invite, userId, displayName, password, request } = newcomer;
  const { tenantId, email } = invite;
  await removePendingPerson(email);
  try {
    await withTenant({ tenantId, userId }, async (tx) => {
      await claimInvite(tx, invite, userId);
      await createUser(tx, { id: userId, email, displayName, password, isVerified: true });
      await joinInvited(tx, invite, { userId, request });
      await audit(tx, newcomer);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError("conflict", TEXT_HAS_ACCOUNT);
    throw error;
  }
}

// As `auth.register` does it: the answer and its time are the same for every address, what differs is the mail.
async function registerUnproved(newcomer: Newcomer): Promise<void> {
  const { invite, userId, displayName, password, request } = newcomer;
  const { email } = invite;
  try {
    await db().$transaction(async (tx) => {
      const account = await findAccount(email, tx);
      const isPending = account?.status === "pending" && account.emailVerifiedAt === null;
      if (account && !(isPending && account.id === userId)) {
        await queueMail(tx, { to: email, ...alreadyRegisteredMail() });
        return audit(tx, newcomer);
      }
      if (account) await replacePendingUser(tx, { id: userId, displayName, password });
      else await createUser(tx, { id: userId, email, displayName, password });
      if (account)
        await renameUntouched(tx, { name: defaultTenantName(displayName), ownerId: userId }, request);
      await issueVerification(tx, { id: userId, email });
      await audit(tx, newcomer);
    });
  } catch (error) {
    // The same address was registered at this very moment: that registration has sent its mail.
    if (!isUniqueViolation(error)) throw error;
  }
}

async function audit(tx: Prisma.TransactionClient, { invite, userId, request }: Newcomer): Promise<void> {
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: null },
    action: "signup.register_invited",
    category: "signup",
    target: { type: "user", id: userId },
    metadata: { inviteId: invite.id, provesMailbox: invite.provesMailbox },
    request,
  });
}
