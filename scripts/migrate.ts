// npm run db:migrate — brings the database of DATABASE_OWNER_URL to this release: Prisma's migrations, then the job
// queue's schema, then the queue's grants. A database that is up to date costs two queries.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";
import { readEnvFile } from "./env-file";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MIGRATIONS_FOLDER = join(ROOT, "prisma/migrations");
const TABLE_OR_SCHEMA_MISSING = new Set(["42P01", "3F000"]);

const QUEUE_GRANTS = `
  GRANT USAGE ON SCHEMA graphile_worker TO parley_platform;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO parley_platform;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA graphile_worker TO parley_platform;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO parley_platform;
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker FROM PUBLIC;`;

export interface MigrationReport {
  appliedNames: string[];
  isQueueMigrated: boolean;
}

/** Applies what is pending. `ownerUrl` belongs to the role that owns the schema; throws when a migration fails. */
export async function migrateDatabase(ownerUrl: string): Promise<MigrationReport> {
  const pending = await listPendingMigrations(ownerUrl);
  if (pending.length > 0) await deploy(ownerUrl);
  const isQueueMigrated = !(await isQueueCurrent(ownerUrl));
  if (isQueueMigrated) await migrateQueue(ownerUrl);
  return { appliedNames: pending, isQueueMigrated };
}

/** Names of migrations that this database has not finished, or whose file changed since it was applied. */
export async function listPendingMigrations(ownerUrl: string): Promise<string[]> {
  const applied = await query<{ migration_name: string; checksum: string }>(
    ownerUrl,
    "SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const checksums = new Map(applied.map((row) => [row.migration_name, row.checksum]));
  return listMigrationNames().filter((name) => checksums.get(name) !== checksumOf(name));
}

function listMigrationNames(): string[] {
  const entries = readdirSync(MIGRATIONS_FOLDER, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function checksumOf(name: string): string {
  return createHash("sha256")
    .update(readFileSync(join(MIGRATIONS_FOLDER, name, "migration.sql")))
    .digest("hex");
}

function deploy(ownerUrl: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const cli = join(dirname(require.resolve("prisma/package.json")), "build/index.js");
  const child = spawn(process.execPath, [cli, "migrate", "deploy"], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_OWNER_URL: ownerUrl, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`prisma migrate deploy failed:\n${output}`)),
    );
  });
}

/** Whether the queue's schema holds every migration of the installed version and the platform role may use it. */
async function isQueueCurrent(ownerUrl: string): Promise<boolean> {
  const rows = await query<{ id: number; is_granted: boolean }>(
    ownerUrl,
    `SELECT max(id) AS id, has_table_privilege('parley_platform', 'graphile_worker.migrations', 'SELECT') AS is_granted
       FROM graphile_worker.migrations`,
  );
  return rows[0]?.id === newestQueueMigration() && rows[0].is_granted;
}

function newestQueueMigration(): number {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("graphile-worker/package.json")), "sql");
  return Math.max(...readdirSync(folder).map((file) => Number.parseInt(file.slice(0, 6), 10) || 0));
}

async function migrateQueue(ownerUrl: string): Promise<void> {
  await runMigrations({ connectionString: ownerUrl, logger: new Logger(() => () => undefined) });
  await query(ownerUrl, QUEUE_GRANTS);
}

/** Rows of one statement; a missing table or schema reads as no rows. */
async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } catch (error) {
    if (TABLE_OR_SCHEMA_MISSING.has((error as { code?: string }).code ?? "")) return [];
    throw error;
  } finally {
    await client.end();
  }
}

async function main(): Promise<void> {
  readEnvFile();
  const ownerUrl = process.env["DATABASE_OWNER_URL"];
  if (!ownerUrl) {
    console.error("DATABASE_OWNER_URL is missing: the URL of the role that owns the schema.");
    process.exitCode = 1;
    return;
  }
  const report = await migrateDatabase(ownerUrl);
  for (const name of report.appliedNames) console.log(`applied ${name}`);
  if (report.isQueueMigrated) console.log("applied the job queue's schema");
  console.log("The database is up to date.");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
