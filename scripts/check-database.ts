// A migrated database is what it should be: every tenant's table has forced row-level security and a policy, keys between
// them carry the tenant, the roles are as weak as they must be, and the schema file asks for nothing that the migrations do
// not make.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { binaryOf, ROOT } from "./build-app";
import { startEmbeddedPostgres } from "./embedded-postgres";
import { migrateDatabase } from "./migrate";
import { generateRolePasswords, provisionDatabase } from "./provision-database";
import { report } from "./sources";
import { listKeyFaults } from "./tenant-keys";

const DATABASE = "parley_check";

const UNPROTECTED_TABLES = `
  SELECT c.relname AS name, c.relrowsecurity AS is_enabled, c.relforcerowsecurity AS is_forced,
         EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     AND (c.relname = 'tenants'
          OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))`;

const ROLE_FAULTS = `
  SELECT rolname AS name FROM pg_roles
   WHERE (rolname IN ('parley_app', 'parley_owner') AND (rolsuper OR rolbypassrls OR rolcreaterole))
      OR (rolname = 'parley_platform' AND (rolsuper OR NOT rolbypassrls OR rolcreaterole))
      OR (rolname IN ('parley_app', 'parley_platform') AND has_schema_privilege(rolname, 'public', 'CREATE'))`;

interface TableState {
  name: string;
  is_enabled: boolean;
  is_forced: boolean;
  has_policy: boolean;
}

const problems: string[] = [];

async function checkCatalogue(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = (await client.query<TableState>(UNPROTECTED_TABLES)).rows;
  const roles = (await client.query<{ name: string }>(ROLE_FAULTS)).rows;
  problems.push(...(await listKeyFaults(client)));
  await client.end();
  if (tables.length === 0) problems.push("no table of a tenant was found");
  for (const table of tables) {
    if (!table.is_enabled || !table.is_forced)
      problems.push(`${table.name}: row-level security is not forced`);
    if (!table.has_policy) problems.push(`${table.name}: has no policy`);
  }
  for (const role of roles) problems.push(`role ${role.name} may do more or less than it should`);
}

function checkDrift(superuserUrl: string): void {
  const sources = ["--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema.prisma"];
  const args = [binaryOf("prisma"), "migrate", "diff", ...sources, "--exit-code"];
  const diff = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, DATABASE_OWNER_URL: superuserUrl },
  });
  if (diff.status === 0 && diff.stdout.includes("No difference detected")) return;
  problems.push(`prisma/schema.prisma and the migrations differ:\n${diff.stdout}${diff.stderr}`);
}

const folder = mkdtempSync(join(tmpdir(), "parley-check-"));
const server = await startEmbeddedPostgres({ folder, isDurable: false });
try {
  const superuserUrl = server.superuserUrl("postgres");
  const urls = await provisionDatabase(superuserUrl, DATABASE, generateRolePasswords());
  await migrateDatabase(urls.databaseOwnerUrl);
  await checkCatalogue(server.superuserUrl(DATABASE));
  checkDrift(superuserUrl);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
report("database", problems);
