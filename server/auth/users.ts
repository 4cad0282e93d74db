// People's accounts: one per address, with a profile and a password. An account is pending until its address is proved.

import { now } from "../platform/clock";
import { hmac } from "../platform/crypto";
import { db, platformDb, pool } from "../platform/db";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import type { Person } from "../platform/personal-data";
import type { Statement } from "../platform/pipeline";
import type { Prisma } from "../platform/prisma/client";
import type { PlatformRole, UserState } from "../platform/prisma/enums";
import type { StoredPassword } from "./password/hash";
import type { SessionState } from "./sessions";

export interface Account {
  id: string;
  email: string;
  emailVerifiedAt: Date | null;
  status: UserState;
  platformRole: PlatformRole;
  sessionEpoch: number;
  /** When the account is deleted; nobody signs in meanwhile. */
  deletionDueAt: Date | null;
  /** Null while two-factor authentication is off. */
  mfaEnabledAt: Date | null;
  password: StoredPassword | null;
}

export interface NewUser {
  /** Made by the caller, since a password is sealed for its owner before the transaction begins. */
  id: string;
  email: string;
  displayName: string;
  password: StoredPassword;
  /** Proved in another way than by mail: an operator made the account. */
  isVerified?: boolean;
  platformRole?: PlatformRole;
}

/** The id of a user that is about to be created. */
export function newUserId(): string {
  return newId();
}

/** A pseudonym of an address, the same whether an account exists or not: what attempts and limits are counted by. */
export function accountKey(email: string): string {
  return hmac("account", email);
}

/** The account of a normalised address, with its stored password. */
export async function findAccount(
  email: string,
  database: Prisma.TransactionClient = db(),
): Promise<Account | null> {
  return database.user.findUnique({ where: { email }, include: { password: true } });
}

/** The columns of a sign-in account by the address in this placeholder. */
export const accountByEmail = (email: string) => `
  SELECT u.id, u.email, u.email_verified_at AS "emailVerifiedAt", u.status, u.platform_role AS "platformRole",
         u.session_epoch AS "sessionEpoch", u.deletion_due_at AS "deletionDueAt", u.mfa_enabled_at AS "mfaEnabledAt",
         p.envelope, p.pepper_key_id AS "pepperKeyId", p.params_version AS "paramsVersion"
    FROM users u LEFT JOIN password_credentials p ON p.user_id = u.id WHERE u.email = ${email}`;

const ACCOUNT_BY_EMAIL = accountByEmail("$1");

/** A row of `accountByEmail`. */
export type AccountRow = Omit<Account, "password"> & StoredPassword;

/** `findAccount` for every password prompt: one prepared statement. */
export async function findSignInAccount(email: string): Promise<Account | null> {
  const query = { name: "account_by_email", text: ACCOUNT_BY_EMAIL, values: [email] };
  const { rows } = await pool().query<AccountRow>(query);
  return rows[0] ? accountOf(rows[0]) : null;
}

/** The account that a row tells of. */
export function accountOf(row: AccountRow): Account {
  const { envelope, pepperKeyId, paramsVersion, ...account } = row;
  return { ...account, password: envelope && { envelope, pepperKeyId, paramsVersion } };
}

/** Creates an account with profile and password. A taken address is a unique violation (P2002). */
export async function createUser(tx: Prisma.TransactionClient, user: NewUser): Promise<void> {
  await tx.user.create({
    data: {
      id: user.id,
      email: user.email,
      status: user.isVerified ? "active" : "pending",
      emailVerifiedAt: user.isVerified ? now() : null,
      platformRole: user.platformRole ?? "user",
      profile: { create: { displayName: user.displayName } },
      password: { create: user.password },
    },
  });
}

/**
 * Hands a pending account to whoever registers its address again: nobody has proved it, so the first registration has no
 * better claim. Password and name are replaced and its sessions end with the epoch.
 */
export async function replacePendingUser(
  tx: Prisma.TransactionClient,
  user: Pick<NewUser, "id" | "displayName" | "password">,
): Promise<void> {
  await tx.user.update({
    where: { id: user.id },
    data: {
      sessionEpoch: { increment: 1 },
      profile: { update: { displayName: user.displayName } },
      password: { update: { ...user.password, changedAt: now() } },
    },
  });
}

/** Notes that two-factor authentication is on since then, or off. */
export async function markSecondFactor(
  tx: Prisma.TransactionClient,
  userId: string,
  mfaEnabledAt: Date | null,
): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { mfaEnabledAt } });
}

/** Stores a password's hash again under current parameters; the password itself has not changed. */
export function renewPassword(userId: string, password: StoredPassword): Statement {
  return {
    name: "password_renew",
    text: `UPDATE password_credentials SET envelope = $2, pepper_key_id = $3, params_version = $4 WHERE user_id = $1`,
    values: [userId, password.envelope, password.pepperKeyId, password.paramsVersion],
  };
}

/** The ids of all peppers that stored passwords need. */
export async function storedPepperIds(): Promise<string[]> {
  const rows = await db().passwordCredential.findMany({
    distinct: ["pepperKeyId"],
    select: { pepperKeyId: true },
  });
  return rows.map(({ pepperKeyId }) => pepperKeyId);
}

/** Who an account is, for copying and erasing what is stored about them; null when it is gone. */
export async function findPerson(userId: string): Promise<Person | null> {
  const user = await platformDb().user.findUnique({
    where: { id: userId },
    select: { id: true, email: true },
  });
  if (!user) return null;
  const earlier = await platformDb().$queryRaw<{ email: string }[]>`
    SELECT DISTINCT a.email FROM email_changes c, LATERAL (VALUES (c.old_email), (c.new_email)) a (email)
     WHERE c.user_id = ${userId}::uuid AND NOT EXISTS (SELECT FROM users u WHERE u.email = a.email)`;
  const addresses = [user.email, ...earlier.map(({ email }) => email)];
  return { ...user, addresses, accountKey: accountKey(user.email) };
}

/** Closes an account until it is deleted, or opens it again (null); answers its address. */
export async function setDeletionDue(
  tx: Prisma.TransactionClient,
  userId: string,
  dueAt: Date | null,
): Promise<string> {
  const { email } = await tx.user.update({ where: { id: userId }, data: { deletionDueAt: dueAt } });
  return email;
}

/** Removes an account and what still hangs on it. */
export async function removeAccount(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.user.deleteMany({ where: { id: userId } });
}

/** The signed-in person as `auth.me` tells it. */
export function publicProfile(session: SessionState) {
  const { userId, email, displayName, platformRole, emailVerified, times, avatarId } = session;
  return { user: { id: userId, email, name: displayName, avatarId, ...times }, platformRole, emailVerified };
}

/** The address a new link is asked for: the one named, or the signed-in person's own. */
export function addressToConfirm(named: string | undefined, session: SessionState | null): string {
  const email = named ?? session?.email;
  if (email !== undefined) return email;
  const message = "Enter your email address.";
  throw new AppError("invalid", message, { fields: { email: message } });
}
