// npm run audit:verify — recomputes every audit chain and compares it with what is stored. Exits 1 at the first fault.
// With a file (npm run audit:verify -- audit.csv) it verifies an export instead, without any database. --seals names a
// file of signed heads that must still be rows of their chains; --key is the public key they were signed with, as
// --print-key prints it for the secret in use. Without --key the keys come from APP_SECRETS.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { exportedHashes, verifyExport } from "../server/audit/export";
import { SEAL_KEY_LABEL, storedHashAt, verifySeals } from "../server/audit/seals";
import { type ChainReport, verifyChains } from "../server/audit/verify";
import { currentKeyId, publicSigningKey } from "../server/platform/crypto";
import { closeDatabases, platformDb } from "../server/platform/db";
import { runCommand } from "./command";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seals: { type: "string" }, key: { type: "string" }, "print-key": { type: "boolean" } },
});

async function verify(): Promise<string> {
  if (values["print-key"]) return publicSigningKey(SEAL_KEY_LABEL, currentKeyId("appSecrets"));
  const [file] = positionals;
  const text = file === undefined ? null : readFileSync(file, "utf8");
  const chains = text === null ? summaryOf(await verifyChains(platformDb())) : summaryOfExport(text);
  return values.seals === undefined ? chains : `${chains}\n${await sealSummary(values.seals, text)}`;
}

function summaryOfExport(text: string): string {
  const reports = verifyExport(text);
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

async function sealSummary(file: string, exported: string | null): Promise<string> {
  const { key } = values;
  const hashes = exported === null ? null : exportedHashes(exported);
  const { sealCount, headCount, absentCount, fault } = await verifySeals(
    readFileSync(file, "utf8"),
    (keyId) => key ?? publicSigningKey(SEAL_KEY_LABEL, keyId),
    // An export may be of a part: a row that is not in it proves nothing.
    hashes ? async (chain, seq) => hashes.get(`${chain} ${seq}`) ?? null : storedHashAt,
  );
  if (fault !== null) throw new Error(fault);
  const note = absentCount === 0 ? "" : `; ${absentCount} are of rows that are no longer here`;
  return `${sealCount} seals hold, ${headCount} signed heads are rows of their chains${note}`;
}

await runCommand(verify, closeDatabases);
