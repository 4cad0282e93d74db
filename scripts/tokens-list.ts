// npm run tokens:list — machine tokens of a workspace (--tenant <slug>) or of the platform, newest first. Filters:
// --account, --status active|expired|revoked, --fingerprint, --page.
import { parseArgs } from "node:util";
import { ListTokens } from "../server/machines/contract";
import { listTokensOf } from "../server/machines/token-list";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { tenant: text, account: text, status: text, fingerprint: text, page: text },
});

async function list(): Promise<string> {
  const { tenant = "", page = "1", ...filters } = values;
  const { items, total, pages } = await listTokensOf(
    tenant,
    ListTokens.parse({ ...filters, page: Number(page), pageSize: 100 }),
  );
  const lines = items.map(({ id, state, account, fingerprint, expiresAt, scopes }) =>
    [id, state, account, fingerprint, expiresAt, scopes.join(",")].join("  "),
  );
  const place = tenant === "" ? "the platform (--tenant <slug> lists a workspace's)" : tenant;
  return [...lines, `${total} tokens of ${place}, page ${page} of ${pages}`].join("\n");
}

await runCommand(list, closeDatabases);
