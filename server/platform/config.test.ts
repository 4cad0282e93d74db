import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config";

const keyRing = (bytes = randomBytes(32)) => JSON.stringify({ "1": bytes.toString("base64") });

function production(changes: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  return {
    NODE_ENV: "production",
    APP_URL: "https://parley.example.org",
    DATABASE_URL: "postgresql://app@db/parley",
    DATABASE_PLATFORM_URL: "postgresql://platform@db/parley",
    APP_SECRETS: keyRing(),
    PASSWORD_PEPPERS: keyRing(),
    ENCRYPTION_KEYS: keyRing(),
    AUTH_REFRESH_TOKEN_PEPPERS: keyRing(),
    SMTP_URL: "smtps://mail.example.org",
    MAIL_FROM: "Parley <no-reply@example.org>",
    OPENAI_API_KEY: randomBytes(20).toString("hex"),
    METRICS_TOKEN: randomBytes(20).toString("hex"),
    TURNSTILE_SITE_KEY: randomBytes(12).toString("hex"),
    TURNSTILE_SECRET_KEY: randomBytes(18).toString("hex"),
    ...changes,
  };
}

function faultsOf(source: Record<string, string | undefined>): string {
  try {
    loadConfig(source);
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.join("\n");
    throw error;
  }
}

test("a complete production environment is accepted and lets nobody in without an invite", () => {
  expect(faultsOf(production())).toBe("");
  expect(loadConfig(production()).signupAccessPolicy).toBe("invite_only");
});

test("every missing setting is named at once", () => {
  const faults = faultsOf({ NODE_ENV: "production" });
  for (const name of ["APP_URL", "METRICS_TOKEN", "MAIL_FROM"])
    expect(faults).toContain(`${name}: is missing`);
  for (const name of [
    "DATABASE_URL",
    "DATABASE_PLATFORM_URL",
    "APP_SECRETS",
    "PASSWORD_PEPPERS",
    "ENCRYPTION_KEYS",
  ]) {
    expect(faults).toContain(`${name}: is missing`);
  }
});

const shared = keyRing();
test.each([
  ["http address", { APP_URL: "http://parley.example.org" }, "APP_URL"],
  ["wildcard host", { ALLOWED_HOSTS: "*" }, "ALLOWED_HOSTS"],
  ["wildcard proxy", { TRUSTED_PROXIES: "*" }, "TRUSTED_PROXIES"],
  ["simulated mail", { MAIL_DRIVER: "outbox" }, "MAIL_DRIVER"],
  ["no mail at all", { SMTP_URL: undefined }, "SMTP_URL or RESEND_API_KEY"],
  ["demo model", { OPENAI_API_KEY: undefined }, "OPENAI_API_KEY or OPENAI_BASE_URL"],
  ["placeholder key", { OPENAI_API_KEY: "your-api-key-goes-here" }, "OPENAI_API_KEY"],
  ["placeholder captcha key", { TURNSTILE_SECRET_KEY: "changeme-please" }, "TURNSTILE_SECRET_KEY"],
  [
    "placeholder of Stripe",
    { STRIPE_WEBHOOK_SECRET: "whsec_changeme" },
    "STRIPE_WEBHOOK_SECRET: is a placeholder",
  ],
  ["placeholder operator", { ADMIN_EMAIL: "o@b.test", ADMIN_PASSWORD: "Change-Me-Now-1" }, "ADMIN_PASSWORD"],
  ["the template's password", { DATABASE_URL: "postgresql://parley_app:...@db/parley" }, "DATABASE_URL"],
  ["no address of Redis", { AUTH_CACHE_REDIS_URL: "https://cache.example.org" }, "AUTH_CACHE_REDIS_URL"],
  ["a placeholder password", { SMTP_URL: "smtps://me:changeme@mail.test" }, "SMTP_URL"],
  ["the template's address", { APP_URL: "https://parley.example.com" }, "APP_URL"],
  ["the template's sender", { MAIL_FROM: "Parley <no-reply@parley.example.com>" }, "MAIL_FROM"],
  ["short metrics token", { METRICS_TOKEN: "short" }, "METRICS_TOKEN"],
  ["short key", { APP_SECRETS: keyRing(randomBytes(16)) }, "APP_SECRETS"],
  ["key of zeros", { APP_SECRETS: keyRing(Buffer.alloc(32)) }, "APP_SECRETS.1"],
  ["one key for two purposes", { APP_SECRETS: shared, ENCRYPTION_KEYS: shared }, "ENCRYPTION_KEYS.1"],
  [
    "one role for two purposes",
    { DATABASE_PLATFORM_URL: "postgresql://app@db/parley" },
    "DATABASE_PLATFORM_URL",
  ],
  ["scaled limits", { RATE_LIMIT_SCALE: "10" }, "RATE_LIMIT_SCALE"],
  ["unverified people", { REQUIRE_EMAIL_VERIFICATION: "false" }, "REQUIRE_EMAIL_VERIFICATION"],
  ["no refresh token pepper", { AUTH_REFRESH_TOKEN_PEPPERS: undefined }, "AUTH_REFRESH_TOKEN_PEPPERS"],
  ["vault without checking it", { SERVICE_ACCOUNT_ISSUANCE: "browser,vault" }, "VAULT_VERIFY_ENABLED"],
  ["vault without an address", { VAULT_VERIFY_ENABLED: "true", VAULT_TOKEN: shared }, "VAULT_ADDR"],
  [
    "vault without a token",
    { VAULT_VERIFY_ENABLED: "true", VAULT_ADDR: "https://vault.example.org" },
    "VAULT_TOKEN",
  ],
  ["vault in the clear", { VAULT_ADDR: "http://vault.example.org" }, "VAULT_ADDR"],
  ["unknown way of issuing", { SERVICE_ACCOUNT_ISSUANCE: "browser,mail" }, "SERVICE_ACCOUNT_ISSUANCE"],
  ["bad model list", { MODELS: "[]" }, "MODELS"],
])("production refuses: %s", (_, changes, name) => {
  expect(faultsOf(production(changes))).toContain(name);
});

test("a fault shows the setting's name and never its value", () => {
  const value = "hunter2-hunter2";
  const faults = faultsOf(production({ APP_SECRETS: value, METRICS_TOKEN: value, APP_URL: value }));
  expect(faults).toContain("APP_SECRETS");
  expect(faults).not.toContain("hunter2");
});

test("mail that is switched on without its host stops the start in development too", () => {
  expect(
    faultsOf({ ...production({ SMTP_URL: undefined, MAIL_DRIVER: "smtp" }), NODE_ENV: "development" }),
  ).toContain("SMTP_URL");
});

const TEST_SITE_KEY = "1x00000000000000000000AA";
const TEST_SECRET_KEY = "1x0000000000000000000000000000000AA";

test("production needs both keys of a real captcha, or says that it does without", () => {
  const none = { TURNSTILE_SITE_KEY: undefined, TURNSTILE_SECRET_KEY: undefined };
  expect(faultsOf(production(none))).toContain("TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY: are missing");
  expect(faultsOf(production({ ...none, CAPTCHA_PROVIDER: "none" }))).toBe("");
  expect(faultsOf(production({ CAPTCHA_PROVIDER: "simulated" }))).toContain("does not run in production");
  expect(faultsOf(production({ TURNSTILE_SECRET_KEY: undefined }))).toContain(
    "TURNSTILE_SECRET_KEY: is missing",
  );
  const testKeys = { TURNSTILE_SITE_KEY: TEST_SITE_KEY, TURNSTILE_SECRET_KEY: TEST_SECRET_KEY };
  expect(faultsOf(production(testKeys))).toContain("is a test key");
});

test("test keys of the captcha work together and on localhost only", () => {
  const development = (changes: Record<string, string>) => {
    const { NODE_ENV: _, APP_URL: __, ...rest } = production(changes);
    return faultsOf({ ...rest, ...changes });
  };
  const testKeys = { TURNSTILE_SITE_KEY: TEST_SITE_KEY, TURNSTILE_SECRET_KEY: TEST_SECRET_KEY };
  expect(development({ ...testKeys, APP_URL: "http://localhost:3000" })).toBe("");
  expect(development({ ...testKeys, APP_URL: "https://parley.example.org" })).toContain("localhost only");
  expect(development({ TURNSTILE_SECRET_KEY: TEST_SECRET_KEY })).toContain("does not belong");
});
