// npm run usage:report — each workspace against its plan's allowances, into var/reports/usage-dashboard.json and .csv.
// Options: --tenant <slug>, --plan <code>, --period <day>, --feature message|input_token|output_token, --warn <percent, 80>.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDatabases } from "../server/platform/db";
import { reportCsv, reportUsage } from "../server/usage/report";
import { runCommand } from "./command";

const FOLDER = "var/reports";
const WARN_PERCENT = "80";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { tenant: text, plan: text, period: text, feature: text, warn: text },
});

async function report(): Promise<string> {
  const { warn = WARN_PERCENT, ...filters } = values;
  const dashboard = await reportUsage({ ...filters, warnPercent: Number(warn) });
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, "usage-dashboard");
  writeFileSync(`${path}.json`, `${JSON.stringify(dashboard, null, 2)}\n`);
  writeFileSync(`${path}.csv`, reportCsv(dashboard));
  const { tenants, warnings, exceeded } = dashboard;
  return `${tenants} workspaces, ${warnings} warnings, ${exceeded} exceeded: ${path}.json and .csv`;
}

await runCommand(report, closeDatabases);
