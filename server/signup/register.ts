// Signing up: person, workspace, ownership, confirmation mail and audit in one transaction, after the hash. The answer is
// always the same; what differs by address is the mail that its owner reads.

import { recordAudit } from "../audit/log";
import { issueVerification } from "../auth/address/verification";
import { alreadyRegisteredMail } from "../auth/emails";
import { hashPassword, type StoredPassword } from "../auth/password/hash";
import { assertPasswordPolicy } from "../auth/password/policy";
import {
  type Account,
  accountKey,
  createUser,
  findAccount,
  newUserId,
  replacePendingUser,
} from "../auth/users";
import { requireCaptcha } from "../platform/captcha";
import { config } from "../platform/config";
import { db } from "../platform/db";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError } from "../platform/errors";
import { onTheBeat } from "../platform/even-time";
import { LIMITS } from "../platform/limit-table";
import { queueMail } from "../platform/mailer";
import { signupAttemptsTotal, signupBlockedTotal } from "../platform/metrics";
import type { Prisma } from "../platform/prisma/client";
import { consumeLimits, isQuotaWaived } from "../platform/rate-limit";
import type { Limit } from "../platform/rate-limit-store";
import { noteLimit, type RequestInfo } from "../request";
import { invitingTenantId } from "../tenants/scope";
import { createTenant, defaultTenantName, joinTenant, renameUntouched } from "../tenants/tenants";
import { isTrapped, pretend } from "./bot-trap";
import type { Register } from "./contract";
import { finalizeInvite, type Reservation, releaseInvite, reserveInvite } from "./invites";
import {
  PUBLIC_MAIL_DOMAINS,
  SIGNUP_PER_DOMAIN_PER_DAY,
  SIGNUP_PER_EMAIL_PER_DAY,
  TEXT_INVITE_NEEDED,
} from "./terms";

interface SignUp {
  input: Register;
  request: RequestInfo;
  invite: Reservation | null;
}

interface Registrant extends SignUp {
  userId: string;
  password: StoredPassword;
}

const DAY_SECONDS = 86_400;

/**
 * Registers an address. Returns alike for new, pending and confirmed addresses. Throws what the visitor can mend (password
 * policy, invite), `over_limit` past the quotas, `unavailable` when hashing is overloaded.
 */
export async function register(input: Register, request: RequestInfo): Promise<void> {
  const policy = config().signupAccessPolicy;
  try {
    await countSignUp(input.email, request);
    await requireCaptcha(input.captchaToken, "register", request);
    await assertPasswordPolicy(input.password, input);
    if (isTrapped(input, request)) return await onTheBeat(() => pretend(input, request));
    await onTheBeat(() => registerInvited(input, request));
    signupAttemptsTotal.inc({ result: "accepted", policy });
  } catch (error) {
    signupAttemptsTotal.inc({ result: "refused", policy });
    if (error instanceof AppError) signupBlockedTotal.inc({ reason: error.details.reason ?? error.code });
    throw error;
  }
}

async function registerInvited(input: Register, request: RequestInfo): Promise<void> {
  const invite = await admit(input, request);
  try {
    await registerAddress({ input, request, invite });
  } finally {
    // Lets go of what was not used: the sign-up failed, or the address has an account already.
    if (invite) await releaseInvite(invite);
  }
}

async function admit({ email, inviteToken }: Register, request: RequestInfo): Promise<Reservation | null> {
  if (inviteToken === undefined) {
    if (config().signupAccessPolicy === "public") return null;
    throw new AppError("forbidden", TEXT_INVITE_NEEDED, {
      reason: "signup_invite_required",
      fields: { inviteToken: TEXT_INVITE_NEEDED },
    });
  }
  const { points, windowSeconds } = LIMITS["invite-check.ip"];
  await count([{ name: "invite-check.ip", key: request.ip, points, windowSeconds }], request);
  return reserveInvite(inviteToken, email);
}

// The hash comes first and in every case; the transaction is short and decides by what it finds then.
async function registerAddress(signUp: SignUp): Promise<void> {
  const { input, request } = signUp;
  const known = await findAccount(input.email);
  const userId = known?.id ?? newUserId();
  const password = await hashPassword(userId, input.password, request.signal);
  try {
    await db().$transaction(async (tx) => {
      const account = await findAccount(input.email, tx);
      if (!account) await registerNew(tx, { ...signUp, userId, password });
      else if (isPending(account) && account.id === userId)
        await registerAgain(tx, { ...signUp, userId, password });
      else await remindOwner(tx, account, signUp);
    });
  } catch (error) {
    // The same address was registered at this very moment: that registration has sent its mail.
    if (!isUniqueViolation(error)) throw error;
  }
}

function isPending(account: Account): boolean {
  return account.status === "pending" && account.emailVerifiedAt === null;
}

async function registerNew(tx: Prisma.TransactionClient, registrant: Registrant): Promise<void> {
  const { input, request, invite, userId, password } = registrant;
  await createUser(tx, { id: userId, email: input.email, displayName: input.name, password });
  await settleIn(tx, registrant);
  await issueVerification(tx, { id: userId, email: input.email });
  if (invite) await finalizeInvite(tx, invite, { userId, request });
  await audit(tx, registrant, "signup.register");
}

// Whoever was invited into a workspace belongs there; everybody else begins one.
async function settleIn(tx: Prisma.TransactionClient, registrant: Registrant): Promise<void> {
  const { input, request, invite, userId } = registrant;
  const tenantId = invite?.joinsTenantId ?? null;
  if (tenantId !== null) {
    await joinTenant(tx, { tenantId: invitingTenantId(tenantId), userId }, request);
    return;
  }
  await createTenant(tx, { name: workspaceName(input), ownerId: userId }, request);
}

function workspaceName({ tenantName, name }: Register): string {
  return tenantName ?? defaultTenantName(name);
}

async function registerAgain(tx: Prisma.TransactionClient, registrant: Registrant): Promise<void> {
  const { input, request, invite, userId, password } = registrant;
  await replacePendingUser(tx, { id: userId, displayName: input.name, password });
  await renameUntouched(tx, { name: workspaceName(input), ownerId: userId }, request);
  // The first registration may have come without this invite.
  if (invite !== null && invite.joinsTenantId !== null) await settleIn(tx, registrant);
  await issueVerification(tx, { id: userId, email: input.email });
  if (invite) await finalizeInvite(tx, invite, { userId, request });
  await audit(tx, registrant, "signup.register_again");
}

async function remindOwner(tx: Prisma.TransactionClient, account: Account, signUp: SignUp): Promise<void> {
  await queueMail(tx, { to: account.email, ...alreadyRegisteredMail() });
  await audit(tx, { ...signUp, userId: account.id }, "signup.already_registered");
}

async function audit(
  tx: Prisma.TransactionClient,
  { userId, invite, request }: Pick<Registrant, "userId" | "invite" | "request">,
  action: string,
): Promise<void> {
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: action === "signup.already_registered" ? null : userId },
    action,
    category: "signup",
    target: { type: "user", id: userId },
    metadata: invite ? { inviteId: invite.inviteId } : {},
    request,
  });
}

async function countSignUp(email: string, request: RequestInfo): Promise<void> {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  const perDay = (name: string, key: string, points: number) => ({
    name,
    key,
    points,
    windowSeconds: DAY_SECONDS,
  });
  const limits = [perDay("register.email", accountKey(email), SIGNUP_PER_EMAIL_PER_DAY)];
  if (!PUBLIC_MAIL_DOMAINS.has(domain)) {
    limits.push(perDay("register.domain", domain, SIGNUP_PER_DOMAIN_PER_DAY));
  }
  await count(
    limits.filter(({ name }) => !isQuotaWaived(name, request.ip)),
    request,
  );
}

async function count(limits: Limit[], request: RequestInfo): Promise<void> {
  if (limits.length === 0) return;
  const state = await consumeLimits(limits);
  noteLimit(request.reply, state);
  if (state.allowed) return;
  throw new AppError("over_limit", "Too many registrations. Please try again later.", {
    reason: "rate_limited",
    retryAfterSeconds: state.retryAfterSeconds,
  });
}
