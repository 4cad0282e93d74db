// Values that stand in .env.example, or that people type to get past a question: none of them is a setting.

const PLACEHOLDERS = /change.?me|placeholder|example|secret123|your[-_ ]|xxxx|todo|dummy|insert[-_ ]|^\.+$/i;
const TEMPLATE_HOST = /(^|[@/.])parley\.example\.com\b/i;
const SECRETS = [
  "METRICS_TOKEN",
  "OPENAI_API_KEY",
  "RESEND_API_KEY",
  "TAVILY_API_KEY",
  "GEOIP_TOKEN",
  "VAULT_TOKEN",
  "AUTH_JWKS_ETAG_SALT",
  "TURNSTILE_SECRET_KEY",
  "ADMIN_PASSWORD",
  "DATADOG_API_KEY",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
] as const;
const URLS_WITH_PASSWORDS = [
  "DATABASE_URL",
  "DATABASE_PLATFORM_URL",
  "REDIS_URL",
  "RATE_LIMIT_REDIS_URL",
  "STREAM_REDIS_URL",
  "AUTH_CACHE_REDIS_URL",
  "SMTP_URL",
] as const;
const ADDRESSES = ["APP_URL", "MAIL_FROM"] as const;

type Setting = (typeof SECRETS | typeof URLS_WITH_PASSWORDS | typeof ADDRESSES)[number];

type TextSetting = Exclude<Setting, "STRIPE_WEBHOOK_SECRET">;
type Settings = Partial<Record<TextSetting, string | undefined>> & {
  STRIPE_WEBHOOK_SECRET?: string[] | undefined;
};

/** One line for each setting that still holds a placeholder, also among others of a list. */
export function placeholderFaults(env: Settings): string[] {
  return [
    ...SECRETS.filter((name) => [env[name] ?? ""].flat().some((text) => PLACEHOLDERS.test(text))).map(
      (name) => `${name}: is a placeholder`,
    ),
    ...URLS_WITH_PASSWORDS.filter((name) => PLACEHOLDERS.test(passwordOf(env[name]))).map(
      (name) => `${name}: its password is a placeholder`,
    ),
    ...ADDRESSES.filter((name) => TEMPLATE_HOST.test(env[name] ?? "")).map(
      (name) => `${name}: names the host of .env.example`,
    ),
  ];
}

function passwordOf(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) return "";
  return decodeURIComponent(new URL(url).password);
}
