// npm run admin:demote -- --email ada@example.com --reason "Left the company" — takes an operator's role, or gives a lower
// one with --role support|billing_admin, ends their sessions and audits it. The last admin who may sign in stays one.
import { parseArgs } from "node:util";
import { z } from "zod";
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from "../server/admin/terms";
import { recordAudit } from "../server/audit/log";
import { setPlatformRole } from "../server/auth/account/user-state";
import { EmailAddress } from "../server/auth/contract";
import { findAccount } from "../server/auth/users";
import { db } from "../server/platform/db";
import { closeStores } from "../server/platform/stores";
import { internalRequest } from "../server/request";
import { runCommand } from "./command";

const Options = z.object({
  email: EmailAddress,
  role: z.enum(["billing_admin", "support", "user"]).default("user"),
  reason: z.string({ error: "is missing" }).trim().min(REASON_LENGTH_MIN).max(REASON_LENGTH_MAX),
});

const { values } = parseArgs({
  options: { email: { type: "string" }, role: { type: "string" }, reason: { type: "string" } },
});

async function demote(): Promise<string> {
  const { email, role, reason } = Options.parse(values);
  return db().$transaction(async (tx) => {
    const account = await findAccount(email, tx);
    if (!account || account.platformRole === "user") throw new Error(`${email} is no operator`);
    if (account.platformRole === role) throw new Error(`${email} has that role already`);
    const endedSessions = await setPlatformRole(tx, account.id, role);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "user.set_role",
      category: "admin",
      target: { type: "user", id: account.id },
      metadata: { reason, from: account.platformRole, to: role, endedSessions },
      request: internalRequest({ userAgent: "admin:demote" }),
    });
    return `${email} was ${account.platformRole} and is ${role} now; ${endedSessions} sessions ended`;
  });
}

await runCommand(demote, closeStores);
