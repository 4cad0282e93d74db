// What the benchmarks run on: an embedded PostgreSQL in a temporary folder, migrated, with one tenant, one person and a
// session for them; the built app and the bare reference servers as processes of their own.

import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { v7 as newId } from "uuid";
import { catalogueWithPricesFor, ensureCatalogue } from "../catalogue-load";
import { startEmbeddedPostgres } from "../embedded-postgres";
import { migrateDatabase } from "../migrate";
import { findFreePort } from "../processes";
import { type DatabaseUrls, generateRolePasswords, provisionDatabase } from "../provision-database";

const DATABASE = "parley_bench";
const READY_TIMEOUT_MS = 30_000;
/** The model of the provider that streams at a fixed pace. */
export const TICKER_MODEL = "ticker";

export interface Person {
  userId: string;
  tenantId: string;
  slug: string;
  sessionToken: string;
}

export interface BenchEnvironment {
  urls: DatabaseUrls;
  superuserUrl: string;
  /** The environment variables of the app, also set in this process. */
  variables: Record<string, string>;
  person: Person;
  /** The `Cookie` header of the person's session, as the app names it over http. */
  cookie: string;
  /** Adds a member to the tenant and answers the `Cookie` header of their session. */
  addPerson(): Promise<string>;
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
  stop(): Promise<void>;
}

/** Starts the database and seeds it; `stop` ends everything and removes the folder. */
export async function startEnvironment(): Promise<BenchEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const server = await startEmbeddedPostgres({ folder, isDurable: true });
  const urls = await provisionDatabase(server.superuserUrl("postgres"), DATABASE, generateRolePasswords());
  await migrateDatabase(urls.databaseOwnerUrl);
  await ensureCatalogue(urls.databasePlatformUrl, catalogueWithPricesFor([TICKER_MODEL]));
  const variables = { ...appVariables(urls) };
  Object.assign(process.env, variables);
  const superuserUrl = server.superuserUrl(DATABASE);
  const admin = new pg.Pool({ connectionString: superuserUrl, max: 2 });
  const tenant = await seedTenant(admin);
  const person = await seedPerson(admin, tenant);
  return {
    urls,
    superuserUrl,
    variables,
    person,
    cookie: await cookieOf(person),
    addPerson: async () => cookieOf(await seedPerson(admin, tenant)),
    query: (text, values) => admin.query(text, values),
    stop: async () => {
      await admin.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function cookieOf(person: Person): Promise<string> {
  // Read after the environment is set: the cookie's name depends on it.
  const { sessionCookie } = await import("../../server/auth/session-cookie");
  const header = sessionCookie(person.sessionToken, {
    isPersistent: true,
    expiresAt: new Date(Date.now() + DAY_MS),
  });
  return header.split(";")[0] ?? "";
}

function appVariables(urls: DatabaseUrls): Record<string, string> {
  const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });
  return {
    NODE_ENV: "development",
    DATABASE_URL: urls.databaseUrl,
    DATABASE_OWNER_URL: urls.databaseOwnerUrl,
    DATABASE_PLATFORM_URL: urls.databasePlatformUrl,
    APP_SECRETS: keyRing(),
    PASSWORD_PEPPERS: keyRing(),
    ENCRYPTION_KEYS: keyRing(),
    LOG_LEVEL: "error",
    METRICS_TOKEN: randomBytes(24).toString("hex"),
    RATE_LIMIT_SCALE: "1000000",
    UV_THREADPOOL_SIZE: "8",
  };
}

const DAY_MS = 86_400_000;

type Tenant = Pick<Person, "tenantId" | "slug">;

async function seedTenant(admin: pg.Pool): Promise<Tenant> {
  const tenant = { tenantId: newId(), slug: "bench" };
  await admin.query("INSERT INTO tenants (id, slug, name, updated_at) VALUES ($1, $2, 'Bench', now())", [
    tenant.tenantId,
    tenant.slug,
  ]);
  // Benchmarks measure the product, not the allowance of a trial.
  await admin.query(
    "UPDATE tenant_plans SET plan_id = 'enterprise', standing = 'active', trial_ends_at = NULL WHERE tenant_id = $1",
    [tenant.tenantId],
  );
  return tenant;
}

async function seedPerson(admin: pg.Pool, tenant: Tenant): Promise<Person> {
  const sessionId = randomBytes(16).toString("base64url");
  const secret = randomBytes(32).toString("base64url");
  const person = { ...tenant, userId: newId(), sessionToken: `${sessionId}.${secret}` };
  await admin.query(
    "INSERT INTO users (id, email, email_verified_at, status, updated_at) VALUES ($1, $2, now(), 'active', now())",
    [person.userId, `${person.userId}@example.test`],
  );
  await admin.query(
    "INSERT INTO user_profiles (user_id, display_name, updated_at) VALUES ($1, 'Bench', now())",
    [person.userId],
  );
  await admin.query("INSERT INTO tenant_members (tenant_id, user_id, role) VALUES ($1, $2, 'owner')", [
    person.tenantId,
    person.userId,
  ]);
  await admin.query(
    `INSERT INTO sessions (id, secret_hash, user_id, epoch, authenticated_at, idle_expires_at, absolute_expires_at)
     VALUES ($1, $2, $3, 0, now(), $4, $5)`,
    [
      sessionId,
      createHash("sha256").update(secret).digest(),
      person.userId,
      new Date(Date.now() + 14 * DAY_MS),
      new Date(Date.now() + 30 * DAY_MS),
    ],
  );
  return person;
}

/** Workspaces at these addresses that the environment's person owns; answers their ids in the same order. */
export async function addWorkspaces({ query, person }: BenchEnvironment, slugs: string[]): Promise<string[]> {
  const ids = slugs.map(() => newId());
  await query(
    `INSERT INTO tenants (id, slug, name, updated_at)
       SELECT id, slug, 'Workspace', now() FROM unnest($1::uuid[], $2::text[]) AS t (id, slug)`,
    [ids, slugs],
  );
  await query(
    "INSERT INTO tenant_members (tenant_id, user_id, role) SELECT id, $2, 'owner' FROM unnest($1::uuid[]) AS t (id)",
    [ids, person.userId],
  );
  return ids;
}

const BATCH = 5_000;
const WORDS =
  "ledger invoice tenant seat receipt margin forecast region quarter sensor vector index cursor branch answer".split(
    " ",
  );

/** A conversation of `count` messages in one line of turns; answers its id. */
export async function seedConversation(environment: BenchEnvironment, count: number): Promise<string> {
  const { tenantId, userId } = environment.person;
  const conversationId = newId();
  await environment.query(
    `INSERT INTO conversations (tenant_id, id, user_id, title, model, entry_agent, active_agent, agent_session_id, message_count, updated_at)
     VALUES ($1, $2, $3, $4, 'parley-demo', 'triage', 'triage', $5, $6, now())`,
    [tenantId, conversationId, userId, `Conversation of ${count}`, newId(), count],
  );
  let parentId: string | null = null;
  for (let first = 0; first < count; first += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, count - first) }, () => newId());
    const parents = [parentId, ...ids.slice(0, -1)];
    await environment.query(
      `INSERT INTO messages (tenant_id, id, conversation_id, user_id, parent_id, position, role, content, status, updated_at)
       SELECT $1, id, $2, $3, parent, $4 + n - 1, (CASE WHEN n % 2 = 1 THEN 'user' ELSE 'assistant' END)::message_role,
              body, 'complete', now()
         FROM unnest($5::uuid[], $6::uuid[], $7::text[]) WITH ORDINALITY AS row (id, parent, body, n)`,
      [tenantId, conversationId, userId, first, ids, parents, ids.map((_, n) => sampleText(first + n))],
    );
    parentId = ids.at(-1) ?? null;
  }
  await environment.query("UPDATE conversations SET active_leaf_id = $3 WHERE tenant_id = $1 AND id = $2", [
    tenantId,
    conversationId,
    parentId,
  ]);
  return conversationId;
}

function sampleText(n: number): string {
  const words = Array.from({ length: 40 }, (_, k) => WORDS[(n * 7 + k * k + (n >> 3)) % WORDS.length]);
  return `${words.join(" ")} number${n} ${n % 997 === 0 ? "heliotrope" : "plain"}`;
}

export interface RunningProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a script of this folder (or another path below scripts/) as a process of its own on a free port (PORT) and waits
 * until it answers.
 */
export async function startProcess(
  script: string,
  variables: Record<string, string>,
  readyPath = "/",
): Promise<RunningProcess> {
  const port = await findFreePort();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path], {
    env: {
      ...process.env,
      ...variables,
      PORT: String(port),
      HOST: "127.0.0.1",
      APP_URL: `http://localhost:${port}`,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://localhost:${port}`;
  await waitUntilReady(child, `${url}${readyPath}`);
  return { url, pid: child.pid ?? 0, stop: () => endProcess(child) };
}

async function waitUntilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the process behind ${url} ended with ${child.exitCode}`);
    const isReady = await fetch(url, { redirect: "manual" }).then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer within ${READY_TIMEOUT_MS} ms`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
