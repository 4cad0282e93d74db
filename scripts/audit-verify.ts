// npm run audit:verify — recomputes every audit chain and compares it with what is stored. Exits 1 at the first fault.
import { verifyChains } from "../server/audit/verify";
import { closeDatabases, platformDb } from "../server/platform/db";
import { runCommand } from "./command";

async function verify(): Promise<string> {
  const reports = await verifyChains(platformDb());
  const faults = reports.flatMap(({ chain, fault }) =>
    fault ? [`chain ${chain}, row ${fault.seq}: ${fault.problem}`] : [],
  );
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const rowCount = reports.reduce((sum, report) => sum + report.rowCount, 0);
  return `${reports.length} chains hold, ${rowCount} rows`;
}

await runCommand(verify, closeDatabases);
