// npm run audit:verify — recomputes every audit chain and compares it with what is stored. Exits 1 at the first fault.
// With a file (npm run audit:verify -- audit.csv) it verifies an export instead, without any database.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { verifyExport } from "../server/audit/export";
import { type ChainReport, verifyChains } from "../server/audit/verify";
import { closeDatabases, platformDb } from "../server/platform/db";
import { runCommand } from "./command";

const { positionals } = parseArgs({ allowPositionals: true });

async function verify(): Promise<string> {
  const [file] = positionals;
  if (file === undefined) return summaryOf(await verifyChains(platformDb()));
  const reports = verifyExport(readFileSync(file, "utf8"));
  const gaps = reports.reduce((sum, report) => sum + report.gaps, 0);
  const note = gaps === 0 ? "" : `; rows are left out in ${gaps} places, as a filter does`;
  return summaryOf(reports) + note;
}

function summaryOf(reports: ChainReport[]): string {
  const faults = reports.flatMap(({ chain, fault }) =>
    fault ? [`chain ${chain}, row ${fault.seq}: ${fault.problem}`] : [],
  );
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const rowCount = reports.reduce((sum, report) => sum + report.rowCount, 0);
  return `${reports.length} chains hold, ${rowCount} rows`;
}

await runCommand(verify, closeDatabases);
