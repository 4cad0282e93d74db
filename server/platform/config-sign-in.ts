// Settings of the doors that strangers knock at: captcha, the block of guessing networks, the quotas of signing up.

import { z } from "zod";
import { isNetwork } from "./networks";

export interface SignInSettings {
  captcha: {
    provider: "turnstile" | "simulated" | "none";
    /** Nobody chose the provider: development's stand-in, asked for only where guessing has begun. */
    isAssumed: boolean;
    siteKey: string | null;
    secretKey: string | null;
    verifyUrl: string;
    /** Cloudflare's published keys: every token passes, for a made-up host. */
    isTestKey: boolean;
    /** Lets people pass, few of them, while the provider cannot be reached. */
    failsOpen: boolean;
  };
  /** Failed sign-ins after which an address or its network prefix is blocked, and for how long. */
  ipLockout: { failuresMax: number; windowSeconds: number; blockSeconds: number };
  /** Addresses and networks that may register without quotas. */
  signupQuotaAllowlist: string[];
  /** SHA-256 (hex) of the user agents whose registrations are dropped. */
  signupBlockedAgents: string[];
}

const VERIFY_URL = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
// https://developers.cloudflare.com/turnstile/troubleshooting/testing/
const TEST_KEY = /^[123]x0{20,}[A-F]{2}$/;

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** The environment variables of this file, for the schema of all of them. */
export const signInEnvironment = {
  CAPTCHA_PROVIDER: z.enum(["turnstile", "simulated", "none"]).optional(),
  TURNSTILE_SITE_KEY: z.string().optional(),
  TURNSTILE_SECRET_KEY: z.string().optional(),
  TURNSTILE_VERIFY_URL: z.url({ protocol: /^https?$/, error: "is not an http(s) URL" }).default(VERIFY_URL),
  CAPTCHA_FAIL_OPEN: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  AUTH_IP_LOCKOUT_FAILURES: count(50),
  AUTH_IP_LOCKOUT_WINDOW_SECONDS: count(600),
  AUTH_IP_LOCKOUT_SECONDS: count(600),
  SIGNUP_QUOTA_ALLOWLIST: list.refine(
    (entries) => entries.every(isNetwork),
    "is not a list of addresses and ranges",
  ),
  SIGNUP_BLOCKED_AGENTS: list.refine(
    (entries) => entries.every((entry) => /^[0-9a-f]{64}$/.test(entry)),
    "is not a list of SHA-256 in hex",
  ),
};

type SignInEnvironment = z.output<z.ZodObject<typeof signInEnvironment>>;

export function signInSettings(env: SignInEnvironment): SignInSettings {
  const { TURNSTILE_SITE_KEY: siteKey, TURNSTILE_SECRET_KEY: secretKey } = env;
  return {
    captcha: {
      provider: env.CAPTCHA_PROVIDER ?? (siteKey && secretKey ? "turnstile" : "simulated"),
      isAssumed: env.CAPTCHA_PROVIDER === undefined && !(siteKey && secretKey),
      siteKey: siteKey ?? null,
      secretKey: secretKey ?? null,
      verifyUrl: env.TURNSTILE_VERIFY_URL,
      isTestKey: TEST_KEY.test(secretKey ?? ""),
      failsOpen: env.CAPTCHA_FAIL_OPEN,
    },
    ipLockout: {
      failuresMax: env.AUTH_IP_LOCKOUT_FAILURES,
      windowSeconds: env.AUTH_IP_LOCKOUT_WINDOW_SECONDS,
      blockSeconds: env.AUTH_IP_LOCKOUT_SECONDS,
    },
    signupQuotaAllowlist: env.SIGNUP_QUOTA_ALLOWLIST,
    signupBlockedAgents: env.SIGNUP_BLOCKED_AGENTS,
  };
}

/** Settings that contradict each other, in every environment. */
export function signInContradictions(env: SignInEnvironment & { APP_URL?: string | undefined }): string[] {
  const { TURNSTILE_SITE_KEY: siteKey = "", TURNSTILE_SECRET_KEY: secretKey = "" } = env;
  const faults: string[] = [];
  const isWanted = env.CAPTCHA_PROVIDER === "turnstile" || siteKey !== "" || secretKey !== "";
  if (isWanted && siteKey === "") faults.push("TURNSTILE_SITE_KEY: is missing beside TURNSTILE_SECRET_KEY");
  if (isWanted && secretKey === "") faults.push("TURNSTILE_SECRET_KEY: is missing beside TURNSTILE_SITE_KEY");
  if (siteKey === "" || secretKey === "") return faults;
  if (TEST_KEY.test(siteKey) !== TEST_KEY.test(secretKey)) {
    faults.push("TURNSTILE_SECRET_KEY: does not belong to TURNSTILE_SITE_KEY; one of them is a test key");
  } else if (TEST_KEY.test(siteKey) && !isLocal(env.APP_URL)) {
    faults.push("TURNSTILE_SITE_KEY: is a test key, which works on localhost only");
  }
  return faults;
}

/** What makes these settings unfit for production. */
export function signInProductionFaults(env: SignInEnvironment): string[] {
  const { CAPTCHA_PROVIDER: provider, TURNSTILE_SITE_KEY: siteKey, TURNSTILE_SECRET_KEY: secretKey } = env;
  if (provider === "simulated") return ["CAPTCHA_PROVIDER: simulated does not run in production"];
  if (TEST_KEY.test(siteKey ?? "") || TEST_KEY.test(secretKey ?? "")) {
    return ["TURNSTILE_SECRET_KEY: is a test key"];
  }
  if (provider !== undefined || siteKey || secretKey) return [];
  return ["TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY: are missing; CAPTCHA_PROVIDER=none does without"];
}

function isLocal(appUrl: string | undefined): boolean {
  return appUrl === undefined || ["localhost", "127.0.0.1", "[::1]"].includes(new URL(appUrl).hostname);
}
