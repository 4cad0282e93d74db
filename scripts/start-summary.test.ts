import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { loadConfig } from "../server/platform/config";
import { type StartSummary, summaryText } from "./start-summary";

const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });

const url = "http://localhost:3000";
const stripeUrl = "http://127.0.0.1:12111";

const CAPTCHA = "captcha   a checkbox stands in (set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY)";
const MODELS = "models    a scripted demo model answers (set OPENAI_API_KEY or OPENAI_BASE_URL)";
const MAIL = `mail      nothing is sent; read it at ${url}/dev/mail (set SMTP_URL or RESEND_API_KEY)`;
const PAYMENTS = `payments  Stripe is simulated at ${stripeUrl}: no money moves (set STRIPE_SECRET_KEY)`;

function summary(settings: Record<string, string> = {}, facts: Partial<StartSummary> = {}): string {
  const config = loadConfig({
    NODE_ENV: "development",
    DATABASE_URL: "postgresql://app@localhost/parley",
    DATABASE_PLATFORM_URL: "postgresql://platform@localhost/parley",
    APP_SECRETS: keyRing(),
    PASSWORD_PEPPERS: keyRing(),
    ENCRYPTION_KEYS: keyRing(),
    ...settings,
  });
  return summaryText({ url, signIns: [], stripeUrl: null, ...facts }, config);
}

/** The lines under "Simulated:", without their indentation. */
function simulated(settings: Record<string, string>, facts: Partial<StartSummary> = {}): string[] {
  const [, block = ""] = /^Simulated:\n((?: {2}.+\n)+)/m.exec(summary(settings, facts)) ?? [];
  return block.split("\n").flatMap((line) => (line === "" ? [] : [line.trim()]));
}

test("the last block names the address, every sign-in, and all that is simulated", () => {
  const signIns = ["olivia@acme.example   one   Acme, owner", "max@acme.example   two   Acme, member"];
  expect(summary({}, { signIns, stripeUrl })).toBe(
    [
      "",
      `Parley runs at ${url}`,
      "",
      "Sign in (passwords generated for this copy):",
      ...signIns.map((line) => `  ${line}`),
      "",
      "Simulated:",
      ...[CAPTCHA, MODELS, MAIL, PAYMENTS].map((line) => `  ${line}`),
      "",
      "Ctrl-C stops everything.",
      "",
    ].join("\n"),
  );
});

test("a block with nothing to say is left out", () => {
  const real = {
    CAPTCHA_PROVIDER: "none",
    SMTP_URL: "smtp://localhost:2525",
    OPENAI_BASE_URL: "http://localhost:1",
  };
  const text = summary(real);
  expect(text).toContain(`Parley runs at ${url}\n`);
  expect(text).not.toContain("Sign in");
  expect(text).not.toContain("Simulated");
});

test("a setting that is there and empty, as in .env.example, is simulated and said to be", () => {
  const empty = {
    CAPTCHA_PROVIDER: "",
    MAIL_DRIVER: "",
    SMTP_URL: "",
    RESEND_API_KEY: "",
    OPENAI_API_KEY: "",
  };
  expect(simulated(empty)).toEqual([CAPTCHA, MODELS, MAIL]);
});

test("the outbox beside a mail server is said to send nothing", () => {
  const mail = { MAIL_DRIVER: "outbox", SMTP_URL: "smtp://localhost:2525", OPENAI_API_KEY: "key" };
  expect(simulated({ ...mail, CAPTCHA_PROVIDER: "none" })).toEqual([
    `mail      nothing is sent; read it at ${url}/dev/mail (MAIL_DRIVER is outbox)`,
  ]);
});

test("each real service takes its line away", () => {
  const turnstile = { TURNSTILE_SITE_KEY: "site", TURNSTILE_SECRET_KEY: "secret" };
  expect(simulated(turnstile, { stripeUrl })).toEqual([MODELS, MAIL, PAYMENTS]);
  expect(simulated({ RESEND_API_KEY: "key" })).toEqual([CAPTCHA, MODELS]);
  expect(simulated({ OPENAI_API_KEY: "key" })).toEqual([CAPTCHA, MAIL]);
});
