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
] as const;
const URLS_WITH_PASSWORDS = [
  "DATABASE_URL",
  "DATABASE_PLATFORM_URL",
  "REDIS_URL",
  "RATE_LIMIT_REDIS_URL",
  "STREAM_REDIS_URL",
  "SMTP_URL",
] as const;
const ADDRESSES = ["APP_URL", "MAIL_FROM"] as const;

type Setting = (typeof SECRETS | typeof URLS_WITH_PASSWORDS | typeof ADDRESSES)[number];

/** One line for each setting that still holds a placeholder. */
export function placeholderFaults(env: Partial<Record<Setting, string | undefined>>): string[] {
  return [
    ...SECRETS.filter((name) => PLACEHOLDERS.test(env[name] ?? "")).map(
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
