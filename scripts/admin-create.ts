// npm run admin:create — makes the first operator's account, verified, from ADMIN_EMAIL and ADMIN_PASSWORD.
// --name "Ada Lovelace" sets the name, --tenant "Acme" gives the account a workspace. The password policy holds here too.
import { parseArgs } from "node:util";
import { recordAudit } from "../server/audit/log";
import { EmailAddress, PrintableName } from "../server/auth/contract";
import { hashPassword } from "../server/auth/password/hash";
import { assertPasswordPolicy } from "../server/auth/password/policy";
import { createUser, findAccount, newUserId } from "../server/auth/users";
import { config } from "../server/platform/config";
import { closeDatabases, db } from "../server/platform/db";
import { internalRequest } from "../server/request";
import { createTenant } from "../server/tenants/tenants";
import { runCommand } from "./command";

const { values } = parseArgs({
  options: { name: { type: "string", default: "Administrator" }, tenant: { type: "string" } },
});

async function createAdmin(): Promise<string> {
  const email = EmailAddress.parse(required("ADMIN_EMAIL"));
  const password = required("ADMIN_PASSWORD");
  const displayName = PrintableName.parse(values.name);
  const tenantName = values.tenant === undefined ? null : PrintableName.parse(values.tenant);
  if (await findAccount(email)) throw new Error("ADMIN_EMAIL: an account of this address exists already");
  await assertPasswordPolicy(password, { email, name: displayName }, "ADMIN_PASSWORD");
  const id = newUserId();
  const stored = await hashPassword(id, password);
  await db().$transaction(async (tx) => {
    const person = { id, email, displayName, password: stored };
    await createUser(tx, { ...person, isVerified: true, platformRole: "admin" });
    const request = internalRequest({ userAgent: "admin:create" });
    if (tenantName) await createTenant(tx, { name: tenantName, ownerId: id }, request);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "admin.create",
      category: "admin",
      target: { type: "user", id },
      request,
    });
  });
  return `Operator ${email} is created. Sign in at ${appAddress()}/login`;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name}: is missing`);
  return value;
}

function appAddress(): string {
  return config().appUrl.origin;
}

await runCommand(createAdmin, closeDatabases);
