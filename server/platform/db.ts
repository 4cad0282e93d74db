// The database, twice: the application role for requests (no DDL, no BYPASSRLS) and the platform role for operators'
// and workers' cross-tenant work. PrismaClient is made here alone; its pool is shared with the few typed raw queries.

import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { config } from "./config";
import { PrismaClient } from "./prisma/client";

interface Database {
  pool: pg.Pool;
  prisma: PrismaClient;
}

const PLATFORM_POOL_MAX = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const TRANSACTION = { maxWait: 5_000, timeout: 10_000 };

let application: Database | undefined;
let platform: Database | undefined;

/** Prisma as the application role. Tenant tables answer nothing outside `withTenant`. */
export function db(): PrismaClient {
  return applicationDatabase().prisma;
}

/** The application role's connections, for the hot paths that speak SQL. */
export function pool(): pg.Pool {
  return applicationDatabase().pool;
}

/** Prisma as the platform role, which row-level security does not bind. Each use is named where it stands. */
export function platformDb(): PrismaClient {
  return platformDatabase().prisma;
}

/** The platform role's connections. */
export function platformPool(): pg.Pool {
  return platformDatabase().pool;
}

/** Ends both pools; the next use opens new ones. */
export async function closeDatabases(): Promise<void> {
  const open = [application, platform];
  application = undefined;
  platform = undefined;
  for (const database of open) {
    await database?.prisma.$disconnect();
    await database?.pool.end();
  }
}

function applicationDatabase(): Database {
  application ??= connect(config().databaseUrl, config().databasePoolMax, "parley");
  return application;
}

function platformDatabase(): Database {
  platform ??= connect(config().databasePlatformUrl, PLATFORM_POOL_MAX, "parley-platform");
  return platform;
}

function connect(url: string, max: number, applicationName: string): Database {
  const connections = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; without a listener Node would end the process.
  connections.on("error", () => {});
  // The same for one that breaks while it is lent out: its query fails, and that is enough.
  connections.on("connect", (client) => client.on("error", () => {}));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(connections),
    transactionOptions: TRANSACTION,
  });
  return { pool: connections, prisma };
}
