// Once per test run: an embedded PostgreSQL in a temporary folder with a migrated template database, and a Redis.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { catalogueWithPricesFor, ensureCatalogue } from "../../scripts/catalogue-load";
import { startEmbeddedPostgres, stopAbandonedPostgres } from "../../scripts/embedded-postgres";
import { migrateDatabase } from "../../scripts/migrate";
import { isAlive } from "../../scripts/processes";
import {
  generateRolePasswords,
  provisionDatabase,
  type RolePasswords,
} from "../../scripts/provision-database";
import { startRedis } from "../../scripts/redis-server";
import { beginCertificate, issueCertificate } from "../sweeps/certificate";

const FOLDER_PREFIX = "parley-test-";
const TEMPLATE = "parley_template";
const MODELS_OF_TESTS = ["fake-1", "fake-small"];

declare module "vitest" {
  export interface ProvidedContext {
    superuserUrl: string;
    templateDatabase: string;
    rolePasswords: RolePasswords;
    redisUrl: string | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedRuns();
  const isSweeping = project.name === "db";
  if (isSweeping) beginCertificate();
  const folder = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const server = await startEmbeddedPostgres({ folder, isDurable: false });
  const redis = await startRedis();
  if (!redis) announceMissingRedis();
  const passwords = generateRolePasswords();
  const superuserUrl = server.superuserUrl("postgres");
  const urls = await provisionDatabase(superuserUrl, TEMPLATE, passwords);
  await migrateDatabase(urls.databaseOwnerUrl);
  await ensureCatalogue(urls.databasePlatformUrl, catalogueWithPricesFor(MODELS_OF_TESTS));
  project.provide("superuserUrl", superuserUrl);
  project.provide("templateDatabase", TEMPLATE);
  project.provide("rolePasswords", passwords);
  project.provide("redisUrl", redis?.url ?? null);
  return async () => {
    if (isSweeping) issueCertificate();
    await redis?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

function announceMissingRedis(): void {
  const message =
    "redis-server was not found: tests against a real Redis are skipped (Debian: apt-get install redis-server).";
  if (process.env["CI"]) throw new Error(message);
  console.warn(message);
}

/** A run that was killed leaves its server and folder; the process id in the name says whose they were. */
async function removeAbandonedRuns(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const name of names) {
    const pid = Number(name.slice(FOLDER_PREFIX.length).split("-")[0]);
    if (isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    await stopAbandonedPostgres(folder).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}
