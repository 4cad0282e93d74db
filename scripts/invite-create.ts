// npm run invite:create — makes an invite to sign up and prints its link, once: only a hash of it is stored.
// --email ties it to one address, --days sets how long it is valid (7), --note says what it is for.
import { parseArgs } from "node:util";
import { z } from "zod";
import { EmailAddress } from "../server/auth/contract";
import { appLink } from "../server/auth/mail-layout";
import { closeDatabases } from "../server/platform/db";
import { internalRequest } from "../server/request";
import { createInvite } from "../server/signup/invites";
import { INVITE_NOTE_LENGTH_MAX, INVITE_VALID_DAYS, INVITE_VALID_DAYS_MAX } from "../server/signup/terms";
import { runCommand } from "./command";

const Options = z.object({
  email: EmailAddress.optional(),
  note: z.string().max(INVITE_NOTE_LENGTH_MAX).optional(),
  days: z.coerce.number().int().min(1).max(INVITE_VALID_DAYS_MAX).default(INVITE_VALID_DAYS),
});

const { values } = parseArgs({
  options: { email: { type: "string" }, note: { type: "string" }, days: { type: "string" } },
});

async function issueInvite(): Promise<string> {
  const { email, note, days } = Options.parse(values);
  const request = internalRequest({ userAgent: "invite:create" });
  const invite = await createInvite({ email, note, validDays: days }, { type: "system", id: null }, request);
  const until = invite.expiresAt.toISOString();
  return `${appLink("/register", { invite: invite.token })}\nvalid until ${until}, once${email ? `, for ${email}` : ""}`;
}

await runCommand(issueInvite, closeDatabases);
