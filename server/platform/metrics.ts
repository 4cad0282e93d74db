// What Prometheus reads at /metrics: the process itself and the counters named in the requirements (R3). Labels are
// closed lists; never an id, an address or a path with ids in it.

import { setTimeout as pause } from "node:timers/promises";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const LATENCY_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10];
/** The metrics answer also while the database does not. */
const READ_TIMEOUT_MS = 1_000;
const MAIL_BUCKETS_MS = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

export const registry = new Registry();
collectDefaultMetrics({ register: registry });

/** The counter of this name; made at the first call. */
export function counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) {
  const known = registry.getSingleMetric(name) as Counter<Label> | undefined;
  return known ?? new Counter({ name, help, labelNames, registers: [registry] });
}

/** The gauge of this name; made at the first call. */
export function gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) {
  const known = registry.getSingleMetric(name) as Gauge<Label> | undefined;
  return known ?? new Gauge({ name, help, labelNames, registers: [registry] });
}

/** A gauge that is read anew whenever the metrics are; while nothing answers it keeps what it said last. */
export function readGauge(name: string, help: string, read: () => Promise<number>) {
  const known = registry.getSingleMetric(name) as Gauge | undefined;
  const collect = async () => {
    const value = await inTime(read);
    if (value !== null) made.set(value);
  };
  const made: Gauge = known ?? new Gauge({ name, help, registers: [registry], collect });
  return made;
}

/** The same with one value for each of a closed list; what `read` leaves out is zero. */
export function readGaugeBy(
  name: string,
  help: string,
  { label, values }: { label: string; values: readonly string[] },
  read: () => Promise<Map<string, number>>,
) {
  const known = registry.getSingleMetric(name) as Gauge | undefined;
  const collect = async () => {
    const counts = await inTime(read);
    if (counts === null) return;
    for (const value of values) made.set({ [label]: value }, counts.get(value) ?? 0);
  };
  const made: Gauge = known ?? new Gauge({ name, help, labelNames: [label], registers: [registry], collect });
  return made;
}

function inTime<T>(read: () => Promise<T>): Promise<T | null> {
  return Promise.race([read().catch(() => null), pause(READ_TIMEOUT_MS, null, { ref: false })]);
}

/** The histogram of this name; buckets are in the unit that the name ends in. */
export function histogram<Label extends string>(
  name: string,
  help: string,
  options: { labelNames?: readonly Label[]; buckets?: number[] } = {},
) {
  const known = registry.getSingleMetric(name) as Histogram<Label> | undefined;
  const { labelNames = [], buckets = LATENCY_BUCKETS_SECONDS } = options;
  return known ?? new Histogram({ name, help, labelNames, buckets, registers: [registry] });
}

const HTTP_LABELS = ["method", "path", "status"] as const;

export const httpRequestsTotal = counter("http_requests_total", "Requests answered", HTTP_LABELS);
export const httpRequestDurationSeconds = histogram(
  "http_request_duration_seconds",
  "Time from the request's first byte to the answer's last",
  { labelNames: HTTP_LABELS },
);

export const authLoginSuccessTotal = counter("auth_login_success_total", "Sign-ins that succeeded");
export const authLoginFailureTotal = counter("auth_login_failure_total", "Sign-ins that were refused");
export const authTotpFailureTotal = counter("auth_totp_failure_total", "Second factors that were refused");
export const authRefreshSuccessTotal = counter("auth_refresh_success_total", "Sessions renewed by activity");
export const authCaptchaChallengesTotal = counter(
  "auth_captcha_challenges_total",
  "Requests that were told to solve a captcha first",
);
export const authCaptchaResultsTotal = counter("auth_captcha_results_total", "Captcha tokens checked", [
  "result",
]);
export const authNetworkBlocksTotal = counter(
  "auth_network_blocks_total",
  "Addresses and prefixes blocked after failed sign-ins",
);
export const authLockoutsTotal = counter("auth_lockouts_total", "Accounts locked after failed sign-ins");

export const signupAttemptsTotal = counter("signup_attempts_total", "Registrations tried", [
  "result",
  "policy",
]);
export const signupBlockedTotal = counter("signup_blocked_total", "Registrations refused", ["reason"]);

export const emailEnqueuedTotal = counter("email_enqueued_total", "Mails queued");
export const emailFailedTotal = counter("email_failed_total", "Mails given up after the last attempt");
export const emailDeliveryAttemptsTotal = counter("email_delivery_attempts_total", "Deliveries tried");
export const emailSendLatencyMs = histogram("email_send_latency_ms", "Time one delivery took", {
  buckets: MAIL_BUCKETS_MS,
});
export const emailDeliveryLatencySeconds = histogram(
  "email_delivery_latency_seconds",
  "Time from queueing a mail to its delivery",
);

export const rateLimitHitsTotal = counter("rate_limit_hits_total", "Requests counted against a limit", [
  "quota",
  "scope",
]);
export const rateLimitBlockTotal = counter("rate_limit_block_total", "Requests refused by a limit");
export const rateLimitViolationsTotal = counter(
  "rate_limit_violations_total",
  "Requests refused by a limit, by endpoint",
  ["endpoint"],
);

export const threatsTotal = counter("threats_total", "Requests refused at the door", ["kind"]);
export const cspReportsTotal = counter("csp_reports_total", "Reports of the content security policy", [
  "directive",
]);
