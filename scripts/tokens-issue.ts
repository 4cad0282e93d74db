// npm run tokens:issue — issues a machine token and prints it, once. --account demo-bot --scopes tools:read,... --reason
// "..." and --tenant <slug>; without a tenant it is the platform's. Open where SERVICE_ACCOUNT_ISSUANCE names cli.
import { parseArgs } from "node:util";
import { IssueToken } from "../server/machines/contract";
import { namedPlace } from "../server/machines/issuer";
import { issueToken, requireWay } from "../server/machines/tokens";
import { closeDatabases } from "../server/platform/db";
import { internalRequest } from "../server/request";
import { runCommand } from "./command";

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { account: text, tenant: text, scopes: text, reason: text } });

async function issue(): Promise<string> {
  requireWay("cli");
  const { scopes, ...rest } = values;
  const input = IssueToken.parse({ ...rest, scopes: scopes?.split(",").map((scope) => scope.trim()) });
  const request = internalRequest({ userAgent: "tokens:issue" });
  const issuer = { via: "cli", actor: { type: "system", id: null }, request } as const;
  return JSON.stringify(await issueToken(issuer, await namedPlace(input.tenant), input), null, 2);
}

await runCommand(issue, closeDatabases);
