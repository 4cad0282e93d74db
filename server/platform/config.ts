// The environment, read once and checked. A setting that is missing, weak or unfit for production is named, never shown.
// No other file reads process.env.

import type { ZodError } from "zod";
import { type BillingSettings, billingSettings } from "./config-billing";
import { type LogSinkSetting, logSinkSetting } from "./config-logs";
import { type MachineSettings, machineSettings } from "./config-machines";
import {
  type AuditSealsSetting,
  contradictions,
  type Environment,
  environmentSchema,
  type KeyRing,
  productionFaults,
  standIns,
} from "./config-schema";
import { type SignInSettings, signInSettings } from "./config-sign-in";

export type { KeyRing } from "./config-schema";

export interface Config extends SignInSettings, MachineSettings, BillingSettings {
  isProduction: boolean;
  isTest: boolean;
  port: number;
  host: string;
  appUrl: URL;
  databaseUrl: string;
  databasePlatformUrl: string;
  databasePoolMax: number;
  rateLimitRedisUrl: string | null;
  streamRedisUrl: string | null;
  /** Every Redis that this process uses, each once. */
  redisUrls: string[];
  appSecrets: KeyRing;
  passwordPeppers: KeyRing;
  encryptionKeys: KeyRing;
  refreshTokenPeppers: KeyRing;
  trustedProxies: string[];
  allowedHosts: string[];
  allowedOrigins: string[];
  mail: {
    driver: "outbox" | "smtp" | "resend";
    from: string;
    smtpUrl: string | null;
    resendApiKey: string | null;
  };
  signupAccessPolicy: "public" | "invite_only" | "approval";
  requireEmailVerification: boolean;
  /** Made at the first start while there is no platform admin. */
  firstOperator: { email: string; password: string } | null;
  sessionBinding: Environment["SESSION_BINDING"];
  /** Where files lie; null means in the database. */
  storageFolder: string | null;
  /** Where signed heads of the audit chains go; null keeps none. */
  auditSealsTo: AuditSealsSetting;
  /** A service when `databaseFile` is null. */
  geo: { provider: Environment["GEOIP_PROVIDER"]; databaseFile: string | null; token: string | null };
  model: { apiKey: string | null; baseUrl: string | null; models: ModelSetting[]; isDemo: boolean };
  tavilyApiKey: string | null;
  run: { stepsMax: number; handoffsMax: number; durationMsMax: number };
  metricsToken: string | null;
  logLevel: string;
  logSink: LogSinkSetting;
  shutdownTimeoutMs: number;
  rateLimitScale: number;
}

export interface ModelSetting {
  id: string;
  label: string;
  contextTokens: number;
  maxOutputTokens: number;
}

/** Every fault of an environment at once, by setting name. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly faults: string[]) {
    super(
      `Parley cannot start with this configuration:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
  }
}

let cached: Config | undefined;

/** The checked configuration of this process. Throws ConfigError at the first use when the environment is unfit. */
export function config(): Config {
  cached ??= loadConfig(process.env);
  return cached;
}

/** Forgets the cached configuration; tests that change the environment call it. */
export function resetConfig(): void {
  cached = undefined;
}

/** Checks an environment and turns it into settings. Throws ConfigError naming every fault. */
export function loadConfig(source: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = environmentSchema.safeParse(present);
  const faults = parsed.success ? unfitness(parsed.data) : faultsOf(present, parsed.error);
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return toConfig(parsed.data);
}

function unfitness(env: Environment): string[] {
  return [...contradictions(env), ...(env.NODE_ENV === "production" ? productionFaults(env) : [])];
}

// Settings that cannot be read are named together with the faults of all others, so that one start tells everything:
// the others are judged beside stand-ins for those.
function faultsOf(present: Record<string, unknown>, error: ZodError): string[] {
  const unreadable = new Set(error.issues.map((issue) => String(issue.path[0])));
  const others = Object.entries(present).filter(([name]) => !unreadable.has(name));
  const judged = environmentSchema.safeParse({ ...standIns(unreadable), ...Object.fromEntries(others) });
  const isNews = (fault: string) => !unreadable.has(fault.split(/[:.]/, 1)[0] ?? "");
  return [
    ...error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    ...(judged.success ? unfitness(judged.data).filter(isNews) : []),
  ];
}

function toConfig(env: Environment): Config {
  const appUrl = new URL(env.APP_URL ?? `http://localhost:${env.PORT}`);
  return {
    isProduction: env.NODE_ENV === "production",
    isTest: env.NODE_ENV === "test",
    port: env.PORT,
    host: env.HOST,
    appUrl,
    databaseUrl: env.DATABASE_URL,
    databasePlatformUrl: env.DATABASE_PLATFORM_URL,
    databasePoolMax: env.DATABASE_POOL_MAX,
    ...redisUrls(env),
    appSecrets: env.APP_SECRETS,
    passwordPeppers: env.PASSWORD_PEPPERS,
    encryptionKeys: env.ENCRYPTION_KEYS,
    // Sub-keys have labels of their own, so that development does well with one ring.
    refreshTokenPeppers: env.AUTH_REFRESH_TOKEN_PEPPERS ?? env.APP_SECRETS,
    trustedProxies: env.TRUSTED_PROXIES,
    allowedHosts: env.ALLOWED_HOSTS.length > 0 ? env.ALLOWED_HOSTS : localHosts(appUrl),
    allowedOrigins: [appUrl.origin, ...env.ALLOWED_ORIGINS],
    mail: mailSettings(env),
    signupAccessPolicy:
      env.SIGNUP_ACCESS_POLICY ?? (env.NODE_ENV === "production" ? "invite_only" : "public"),
    requireEmailVerification: env.REQUIRE_EMAIL_VERIFICATION,
    firstOperator:
      env.ADMIN_EMAIL && env.ADMIN_PASSWORD ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : null,
    sessionBinding: env.SESSION_BINDING,
    storageFolder: env.STORAGE_FOLDER ?? null,
    auditSealsTo: env.AUDIT_SEALS_TO,
    geo: {
      provider: env.GEOIP_PROVIDER,
      databaseFile: env.GEOIP_DATABASE_FILE ?? null,
      token: env.GEOIP_TOKEN ?? null,
    },
    model: modelSettings(env),
    tavilyApiKey: env.TAVILY_API_KEY ?? null,
    run: {
      stepsMax: env.RUN_STEPS_MAX,
      handoffsMax: env.RUN_HANDOFFS_MAX,
      durationMsMax: env.RUN_DURATION_MS_MAX,
    },
    metricsToken: env.METRICS_TOKEN ?? null,
    logLevel: env.LOG_LEVEL ?? (env.NODE_ENV === "test" ? "silent" : "info"),
    logSink: logSinkSetting(env),
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    rateLimitScale: env.RATE_LIMIT_SCALE,
    ...signInSettings(env),
    ...machineSettings(env),
    ...billingSettings(env),
  };
}

function redisUrls(env: Environment): Pick<Config, "rateLimitRedisUrl" | "streamRedisUrl" | "redisUrls"> {
  const rateLimitRedisUrl = env.RATE_LIMIT_REDIS_URL ?? env.REDIS_URL ?? null;
  const streamRedisUrl = env.STREAM_REDIS_URL ?? env.REDIS_URL ?? null;
  const used = [rateLimitRedisUrl, streamRedisUrl].filter((url) => url !== null);
  return { rateLimitRedisUrl, streamRedisUrl, redisUrls: [...new Set(used)] };
}

function mailSettings(env: Environment): Config["mail"] {
  const inferred = env.SMTP_URL ? "smtp" : env.RESEND_API_KEY ? "resend" : "outbox";
  return {
    driver: env.MAIL_DRIVER ?? inferred,
    from: env.MAIL_FROM ?? "Parley <no-reply@localhost>",
    smtpUrl: env.SMTP_URL ?? null,
    resendApiKey: env.RESEND_API_KEY ?? null,
  };
}

const DEMO_MODELS: ModelSetting[] = [
  { id: "parley-demo", label: "Demo", contextTokens: 32_000, maxOutputTokens: 4_000 },
  { id: "parley-demo-brief", label: "Demo (brief)", contextTokens: 32_000, maxOutputTokens: 1_000 },
];

const DEFAULT_MODELS: ModelSetting[] = [
  { id: "gpt-5.1", label: "GPT-5.1", contextTokens: 272_000, maxOutputTokens: 16_000 },
];

function modelSettings(env: Environment): Config["model"] {
  const isDemo = !env.OPENAI_API_KEY && !env.OPENAI_BASE_URL;
  return {
    apiKey: env.OPENAI_API_KEY ?? null,
    baseUrl: env.OPENAI_BASE_URL ?? null,
    models: env.MODELS ?? (isDemo ? DEMO_MODELS : DEFAULT_MODELS),
    isDemo,
  };
}

function localHosts(appUrl: URL): string[] {
  return [appUrl.host, `localhost:${appUrl.port}`, `127.0.0.1:${appUrl.port}`];
}
