// What each environment variable may be, and what production refuses. Messages name settings and rules, never values.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { billingContradictions, billingEnvironment, billingProductionFaults } from "./config-billing";
import { logContradictions, logEnvironment } from "./config-logs";
import { machineContradictions, machineEnvironment, machineProductionFaults } from "./config-machines";
import { placeholderFaults } from "./config-placeholders";
import { signInContradictions, signInEnvironment, signInProductionFaults } from "./config-sign-in";

/** Key id -> 32 bytes; the last one is current. */
export type KeyRing = Record<string, Buffer>;

const KEY_BYTES = 32;
const DISTINCT_BYTES_MIN = 16;
const TOKEN_LENGTH_MIN = 32;
const RINGS = ["APP_SECRETS", "PASSWORD_PEPPERS", "ENCRYPTION_KEYS", "AUTH_REFRESH_TOKEN_PEPPERS"] as const;

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

const keyRing = z
  .string({ error: "is missing (a JSON object: key id -> base64 of 32 bytes)" })
  .transform((text, context) => {
    const ring = parseKeyRing(text);
    if (typeof ring === "string") {
      context.addIssue({ code: "custom", message: ring });
      return z.NEVER;
    }
    return ring;
  });

const models = z.string().transform((text, context) => {
  const parsed = modelList.safeParse(parseJson(text));
  if (!parsed.success) {
    context.addIssue({
      code: "custom",
      message: "is not a JSON list of {id, label, contextTokens, maxOutputTokens}",
    });
    return z.NEVER;
  }
  return parsed.data;
});

const modelList = z
  .array(
    z.strictObject({
      id: z.string().min(1),
      label: z.string().min(1),
      contextTokens: z.number().int().positive(),
      maxOutputTokens: z.number().int().positive(),
    }),
  )
  .min(1);

const flag = (fallback: boolean) =>
  z
    .enum(["true", "false"])
    .default(fallback ? "true" : "false")
    .transform((text) => text === "true");

const databaseUrl = z
  .string({ error: "is missing (postgresql://...)" })
  .regex(/^postgres(ql)?:\/\//, "is not a postgresql:// URL");
const redisUrl = z
  .string()
  .regex(/^rediss?:\/\//, "is not a redis:// or rediss:// URL")
  .optional();
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

export type AuditSealsSetting = { kind: "folder"; path: string } | { kind: "mail"; to: string } | null;

const auditSealsTo = z
  .string()
  .regex(/^(?:file:\/.+|mailto:[^@\s]+@[^@\s]+)$/, "is not file:/path/of/a/folder or mailto:address")
  .optional()
  .transform((text): AuditSealsSetting => {
    if (text === undefined) return null;
    if (text.startsWith("file:")) return { kind: "folder", path: text.slice("file:".length) };
    return { kind: "mail", to: text.slice("mailto:".length) };
  });

export const environmentSchema = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  HOST: z.string().default("0.0.0.0"),
  APP_URL: z.url({ protocol: /^https?$/, error: "is not an http(s) URL" }).optional(),
  DATABASE_URL: databaseUrl,
  DATABASE_PLATFORM_URL: databaseUrl,
  DATABASE_POOL_MAX: count(10),
  REDIS_URL: redisUrl,
  RATE_LIMIT_REDIS_URL: redisUrl,
  STREAM_REDIS_URL: redisUrl,
  // Judged like the others and used by nothing: sessions are not cached.
  AUTH_CACHE_REDIS_URL: redisUrl,
  APP_SECRETS: keyRing,
  PASSWORD_PEPPERS: keyRing,
  ENCRYPTION_KEYS: keyRing,
  AUTH_REFRESH_TOKEN_PEPPERS: keyRing.optional(),
  TRUSTED_PROXIES: list,
  ALLOWED_HOSTS: list,
  ALLOWED_ORIGINS: list,
  MAIL_DRIVER: z.enum(["outbox", "smtp", "resend"]).optional(),
  MAIL_FROM: z.string().optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "is not an smtp:// or smtps:// URL")
    .optional(),
  RESEND_API_KEY: z.string().optional(),
  SIGNUP_ACCESS_POLICY: z.enum(["public", "invite_only", "approval"]).optional(),
  REQUIRE_EMAIL_VERIFICATION: flag(true),
  ADMIN_EMAIL: z.string().optional(),
  ADMIN_PASSWORD: z.string().optional(),
  SESSION_BINDING: z.enum(["strict", "step_up", "off"]).default("step_up"),
  STORAGE_FOLDER: z.string().optional(),
  AUDIT_SEALS_TO: auditSealsTo,
  GEOIP_PROVIDER: z.enum(["none", "maxmind", "ip2location", "ipinfo"]).default("none"),
  GEOIP_DATABASE_FILE: z.string().optional(),
  GEOIP_TOKEN: z.string().optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url({ error: "is not a URL" }).optional(),
  MODELS: models.optional(),
  TAVILY_API_KEY: z.string().optional(),
  RUN_STEPS_MAX: count(12),
  RUN_HANDOFFS_MAX: count(4),
  RUN_DURATION_MS_MAX: count(300_000),
  METRICS_TOKEN: z.string().optional(),
  SHUTDOWN_TIMEOUT_MS: count(10_000),
  RATE_LIMIT_SCALE: z.coerce.number().positive().default(1),
  ...logEnvironment,
  ...signInEnvironment,
  ...machineEnvironment,
  ...billingEnvironment,
});

export type Environment = z.output<typeof environmentSchema>;

/** What makes an environment unfit for production, one line per fault. */
export function productionFaults(env: Environment): string[] {
  return [
    ...addressFaults(env),
    ...secretFaults(env),
    ...placeholderFaults(env),
    ...simulatedMailFaults(env),
    ...signInProductionFaults(env),
    ...machineProductionFaults(env),
    ...billingProductionFaults(env),
    ...(env.OPENAI_API_KEY || env.OPENAI_BASE_URL
      ? []
      : ["OPENAI_API_KEY or OPENAI_BASE_URL: is missing; the demo model does not run in production"]),
    ...(env.RATE_LIMIT_SCALE === 1 ? [] : ["RATE_LIMIT_SCALE: is for tests only"]),
    ...(env.REQUIRE_EMAIL_VERIFICATION ? [] : ["REQUIRE_EMAIL_VERIFICATION: must stay true in production"]),
  ];
}

function addressFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (!env.APP_URL) faults.push("APP_URL: is missing");
  else if (!env.APP_URL.startsWith("https://")) faults.push("APP_URL: must be https in production");
  for (const name of ["ALLOWED_HOSTS", "ALLOWED_ORIGINS", "TRUSTED_PROXIES"] as const) {
    if (env[name].includes("*")) faults.push(`${name}: "*" is refused in production`);
  }
  if (env.DATABASE_URL === env.DATABASE_PLATFORM_URL) {
    faults.push("DATABASE_PLATFORM_URL: must be another role than DATABASE_URL");
  }
  return faults;
}

function secretFaults(env: Environment): string[] {
  const faults: string[] = [];
  const seen = new Map<string, string>();
  if (!env.AUTH_REFRESH_TOKEN_PEPPERS) faults.push("AUTH_REFRESH_TOKEN_PEPPERS: is missing");
  for (const name of RINGS) {
    for (const [keyId, key] of Object.entries(env[name] ?? {})) {
      const other = seen.get(key.toString("hex"));
      if (other) faults.push(`${name}.${keyId}: is the same key as ${other}`);
      seen.set(key.toString("hex"), `${name}.${keyId}`);
      if (new Set(key).size < DISTINCT_BYTES_MIN) faults.push(`${name}.${keyId}: is not random`);
    }
  }
  if (!env.METRICS_TOKEN) faults.push("METRICS_TOKEN: is missing");
  else if (env.METRICS_TOKEN.length < TOKEN_LENGTH_MIN)
    faults.push("METRICS_TOKEN: is shorter than 32 characters");
  return faults;
}

function simulatedMailFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (!env.MAIL_FROM) faults.push("MAIL_FROM: is missing");
  if (env.MAIL_DRIVER === "outbox") faults.push("MAIL_DRIVER: the outbox does not run in production");
  if (env.MAIL_DRIVER === undefined && !env.SMTP_URL && !env.RESEND_API_KEY) {
    faults.push("SMTP_URL or RESEND_API_KEY: is missing");
  }
  return faults;
}

/** Settings that contradict each other, in every environment. */
export function contradictions(env: Environment): string[] {
  const faults = [
    ...signInContradictions(env),
    ...machineContradictions(env),
    ...billingContradictions(env),
    ...logContradictions(env),
  ];
  if (env.ADMIN_EMAIL && !env.ADMIN_PASSWORD) faults.push("ADMIN_PASSWORD: is missing beside ADMIN_EMAIL");
  if (env.ADMIN_PASSWORD && !env.ADMIN_EMAIL) faults.push("ADMIN_EMAIL: is missing beside ADMIN_PASSWORD");
  if (env.MAIL_DRIVER === "smtp" && !env.SMTP_URL) faults.push("SMTP_URL: is missing for MAIL_DRIVER smtp");
  if (env.MAIL_DRIVER === "resend" && !env.RESEND_API_KEY)
    faults.push("RESEND_API_KEY: is missing for MAIL_DRIVER resend");
  return [...faults, ...geoFaults(env)];
}

function geoFaults({ GEOIP_PROVIDER: provider, GEOIP_DATABASE_FILE: file, GEOIP_TOKEN: token }: Environment) {
  if (provider === "maxmind" && !file) return ["GEOIP_DATABASE_FILE: is missing for GEOIP_PROVIDER maxmind"];
  if (provider === "ipinfo" && file) return ["GEOIP_DATABASE_FILE: is not for GEOIP_PROVIDER ipinfo"];
  if (provider === "ipinfo" && !token) return ["GEOIP_TOKEN: is missing for GEOIP_PROVIDER ipinfo"];
  if (provider === "ip2location" && !file && !token)
    return ["GEOIP_DATABASE_FILE or GEOIP_TOKEN: is missing for GEOIP_PROVIDER ip2location"];
  return [];
}

/** Values that pass for required settings, by name; never for anything but judging the others. */
export function standIns(names: ReadonlySet<string>): Record<string, string> {
  const keyRing = () => JSON.stringify({ "1": randomBytes(KEY_BYTES).toString("base64") });
  const all = {
    DATABASE_URL: "postgresql://application",
    DATABASE_PLATFORM_URL: "postgresql://platform",
    APP_SECRETS: keyRing(),
    PASSWORD_PEPPERS: keyRing(),
    ENCRYPTION_KEYS: keyRing(),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}

function parseKeyRing(text: string): KeyRing | string {
  const raw = parseJson(text);
  if (typeof raw !== "object" || raw === null || Array.isArray(raw))
    return "is not a JSON object: key id -> base64 of 32 bytes";
  const ring: KeyRing = {};
  for (const [keyId, value] of Object.entries(raw)) {
    const key = typeof value === "string" ? Buffer.from(value, "base64") : Buffer.alloc(0);
    if (!/^[A-Za-z0-9_-]{1,16}$/.test(keyId)) return "has a key id that is not 1-16 letters, digits, _ or -";
    if (key.length !== KEY_BYTES) return `key ${keyId} is not base64 of 32 bytes`;
    ring[keyId] = key;
  }
  return Object.keys(ring).length > 0 ? ring : "has no key";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
