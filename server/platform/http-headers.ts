// The security headers of every answer (OWASP Secure Headers; SEC-01, SEC-09). Flat name-value lists, as node:http
// writes them fastest.

import { config } from "./config";

const REPORT_PATH = "/csp-report";
const REPORT_MAX_AGE_SECONDS = 10_886_400;

const CAPTCHA_ORIGIN = "https://challenges.cloudflare.com";
const CAPTCHA_PAGE =
  /^\/(login|register|request-access|forgot-password|2fa|account\/(security|confirm))(\/|$)/;

const PERMISSIONS =
  "camera=(), microphone=(), geolocation=(), payment=(), usb=(), midi=(), display-capture=(), browsing-topics=()";

// `no-referrer` would make browsers send `Origin: null` with our own forms; this one tells other sites the origin only.
const REFERRER = "strict-origin-when-cross-origin";

const COMMON = [
  "Strict-Transport-Security",
  "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options",
  "nosniff",
  "X-Frame-Options",
  "DENY",
  "Referrer-Policy",
  REFERRER,
  "Permissions-Policy",
  PERMISSIONS,
  "Cross-Origin-Opener-Policy",
  "same-origin",
  "Cross-Origin-Resource-Policy",
  "same-origin",
];

const DATA_HEADERS = [
  ...COMMON,
  "Content-Security-Policy",
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
];

/** For answers that are no pages: JSON, streams, text. */
export function dataHeaders(): readonly string[] {
  return DATA_HEADERS;
}

/** For the page at this path, whose inline scripts and styles carry this nonce. */
export function pageHeaders(path: string, nonce: string, isDevServer: boolean): string[] {
  const policy = { ...directives(nonce, isDevServer), "frame-src": framesOf(path) };
  const headers = [...COMMON, "Content-Security-Policy", serialize(policy)];
  headers.push("Reporting-Endpoints", `csp="${REPORT_PATH}"`);
  if (config().isProduction) return headers;
  const endpoints = [{ url: new URL(REPORT_PATH, config().appUrl).href }];
  const group = { group: "csp", max_age: REPORT_MAX_AGE_SECONDS, endpoints };
  headers.push("Report-To", JSON.stringify(group));
  headers.push("Content-Security-Policy-Report-Only", serialize({ ...policy, "default-src": "'none'" }));
  return headers;
}

// Remix writes module preloads without a nonce, so same-origin scripts are allowed by 'self'; nothing that a person
// uploads is ever served from this origin. Style attributes come from server-rendered math; they cannot load anything.
function directives(nonce: string, isDevServer: boolean): Record<string, string> {
  return {
    "default-src": "'self'",
    "script-src": `'self' 'nonce-${nonce}'`,
    // Vite's dev server inserts style elements that it does not mark.
    "style-src": isDevServer ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": isDevServer ? "'self' ws: wss:" : "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": formTargets(),
    "report-uri": REPORT_PATH,
    "report-to": "csp",
  };
}

// Turnstile draws itself in a frame; its script comes with the nonce.
function framesOf(path: string): string {
  return CAPTCHA_PAGE.test(path) ? `'self' ${CAPTCHA_ORIGIN}` : "'self'";
}

// A form that is answered by the way to a payment page leads there, also for browsers that check each step of the way.
function formTargets(): string {
  const { stripe } = config().billing;
  if (stripe === null) return "'self'";
  return `'self' ${stripe.apiBase?.origin ?? "https://checkout.stripe.com https://billing.stripe.com"}`;
}

function serialize(policy: Record<string, string>): string {
  return Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}
