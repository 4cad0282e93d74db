import { afterEach, expect, test } from "vitest";
import { resetConfig } from "./config";
import { assertDatabaseRoles } from "./database-roles";
import { closeDatabases } from "./db";

const given = { ...process.env };

afterEach(async () => {
  await closeDatabases();
  for (const name of ["DATABASE_URL", "DATABASE_PLATFORM_URL"]) process.env[name] = given[name];
  resetConfig();
});

async function withUrls(urls: Record<string, string | undefined>): Promise<void> {
  await closeDatabases();
  Object.assign(process.env, urls);
  resetConfig();
  await assertDatabaseRoles();
}

test("the roles as they are provided pass", async () => {
  await expect(withUrls({})).resolves.toBeUndefined();
});

test("a role that row-level security does not bind, or that may create, serves no request", async () => {
  await expect(withUrls({ DATABASE_URL: given["DATABASE_PLATFORM_URL"] })).rejects.toThrow(
    "DATABASE_URL: its role is not bound by row-level security",
  );
  await expect(withUrls({ DATABASE_URL: superuserUrl() })).rejects.toThrow("may create tables");
});

test("the platform's role is above row-level security, and no superuser", async () => {
  await expect(withUrls({ DATABASE_PLATFORM_URL: given["DATABASE_URL"] })).rejects.toThrow(
    "DATABASE_PLATFORM_URL: its role lacks BYPASSRLS",
  );
  await expect(withUrls({ DATABASE_PLATFORM_URL: superuserUrl() })).rejects.toThrow("superuser");
});

function superuserUrl(): string {
  const url = new URL(given["TEST_SUPERUSER_URL"] ?? "");
  url.pathname = new URL(given["DATABASE_URL"] ?? "").pathname;
  return url.href;
}
