// npm run usage:sync-entitlements — brings the plans of workspaces in step with the catalogue that is loaded. Who has no
// plan begins on free. -- --dry-run only says what would change; -- --prune-missing also takes workspaces off plans and
// versions that the catalogue does not sell.
import { parseArgs } from "node:util";
import { syncEntitlements } from "../server/catalogue/entitlements";
import { now } from "../server/platform/clock";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";

const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({ options: { "dry-run": flag, "prune-missing": flag } });

async function sync(): Promise<string> {
  const isDryRun = values["dry-run"];
  const changes = await syncEntitlements({ isDryRun, isPruning: values["prune-missing"] }, now());
  if (changes.length === 0) return "Every workspace has a plan that the catalogue knows.";
  const lines = changes.map(({ tenant, fault, remedy, isDone }) => {
    const fate = isDone
      ? remedy
      : isDryRun
        ? `would be: ${remedy}`
        : `left alone; --prune-missing: ${remedy}`;
    return `${tenant}  ${fault}  ${fate}`;
  });
  return lines.join("\n");
}

await runCommand(sync, closeDatabases);
