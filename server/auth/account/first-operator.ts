// The first operator: made once, from ADMIN_EMAIL and ADMIN_PASSWORD, verified, and with a second factor to set up at the
// first sign-in. There is no built-in account and no built-in password.

import { recordAudit } from "../../audit/log";
import { ConfigError, config } from "../../platform/config";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { internalRequest } from "../../request";
import { EmailAddress } from "../contract";
import { hashPassword } from "../password/hash";
import { assertPasswordPolicy } from "../password/policy";
import { createUser, findAccount, newUserId } from "../users";

const NAME = "Administrator";

/**
 * Makes the first platform admin when the settings name one and there is none yet; answers the address, or null when
 * nothing was to be done. Throws ConfigError when the settings are unfit. Safe with several instances.
 */
export async function ensureFirstOperator(): Promise<string | null> {
  const { firstOperator } = config();
  if (firstOperator === null || (await hasAdmin())) return null;
  const email = EmailAddress.safeParse(firstOperator.email);
  if (!email.success) throw new ConfigError(["ADMIN_EMAIL: is not an email address"]);
  // An account of this address that is no admin is somebody's; it is not handed power by a setting.
  if (await findAccount(email.data)) throw new ConfigError(["ADMIN_EMAIL: has an account that is no admin"]);
  await assertFit(firstOperator.password, email.data);
  const id = newUserId();
  const password = await hashPassword(id, firstOperator.password);
  return (await create({ id, email: email.data, password })) ? email.data : null;
}

async function hasAdmin(): Promise<boolean> {
  return (await db().user.count({ where: { platformRole: "admin" } })) > 0;
}

async function assertFit(password: string, email: string): Promise<void> {
  try {
    await assertPasswordPolicy(password, { email, name: NAME });
  } catch (error) {
    if (error instanceof AppError) throw new ConfigError([`ADMIN_PASSWORD: ${error.message}`]);
    throw error;
  }
}

type FirstOperator = Pick<Parameters<typeof createUser>[1], "id" | "email" | "password">;

// Instances that start together take turns; the second finds the first one's account.
async function create(person: FirstOperator): Promise<boolean> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('first_operator'))`;
    if ((await tx.user.count({ where: { platformRole: "admin" } })) > 0) return false;
    await createUser(tx, { ...person, displayName: NAME, isVerified: true, platformRole: "admin" });
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "admin.create",
      category: "admin",
      target: { type: "user", id: person.id },
      request: internalRequest({ userAgent: "first start" }),
    });
    return true;
  });
}
