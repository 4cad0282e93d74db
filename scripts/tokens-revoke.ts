// npm run tokens:revoke — ends a machine token and its whole family: --id <id> --reason "..." and --tenant <slug> for
// tokens of a workspace. The same twice changes nothing.
import { parseArgs } from "node:util";
import { z } from "zod";
import { RevokeToken } from "../server/machines/contract";
import { namedPlace } from "../server/machines/issuer";
import { REASON_LENGTH_MIN } from "../server/machines/terms";
import { revokeToken } from "../server/machines/tokens";
import { closeStores } from "../server/platform/stores";
import { internalRequest } from "../server/request";
import { runCommand } from "./command";

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { id: text, tenant: text, reason: text } });

// Operators say why.
const Options = RevokeToken.extend({
  reason: z.string({ error: "is missing" }).trim().min(REASON_LENGTH_MIN),
});

async function revoke(): Promise<string> {
  const input = Options.parse({ tokenId: values.id, reason: values.reason });
  const request = internalRequest({ userAgent: "tokens:revoke" });
  const issuer = { via: "cli", actor: { type: "system", id: null }, request } as const;
  const { wasActive } = await revokeToken(issuer, await namedPlace(values.tenant ?? ""), input);
  return wasActive ? "Revoked." : "It had ended already.";
}

await runCommand(revoke, closeStores);
