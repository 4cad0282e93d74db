// npm run isolation:certificate — prints what the last run of the tests proved about isolation, and compares it with the
// live database. Exits 1 when there is no certificate, or when the database has other tables of tenants, or open ones.
import { CERTIFICATE_FILE, certificateText, guardedTables, readCertificate } from "../server/admin/isolation";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";

async function print(): Promise<string> {
  const certificate = await readCertificate();
  if (certificate === null)
    throw new Error(`There is no ${CERTIFICATE_FILE}: run the tests first (npm test).`);
  const text = certificateText(certificate);
  const { forced, open } = await guardedTables();
  if (open.length > 0) throw new Error(`${text}\nThe live database does not guard: ${open.join(", ")}`);
  if (forced.length !== certificate.tables) {
    throw new Error(
      `${text}\nThe live database has ${forced.length} tenant tables: it is of another version.`,
    );
  }
  return `${text}\nThe live database has the same ${forced.length} tables under forced row-level security.`;
}

await runCommand(print, closeDatabases);
