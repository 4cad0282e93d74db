// Taking in Stripe's events over HTTP: signed deliveries that are stored per second, and how long the slowest of them wait,
// against the same rows by node:http and pg; and the same beside chat streams. What is stored is not worked off meanwhile:
// another instance would do that. At the end every delivery that was answered must be there.

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import Stripe from "stripe";
import { type BenchEnvironment, type RunningProcess, startProcess } from "./environment";
import type { Chunk } from "./instants";
import {
  call,
  compare,
  percentile,
  type Result,
  rate,
  spread,
  steadily,
  throughput,
  timed,
  type Work,
} from "./measure";
import {
  gate,
  readersOf,
  readThroughParley,
  STREAMS_PER_PERSON,
  tenantHeaders,
  tickerSettings,
} from "./relay";

const LOAD = { concurrency: 8, durationMs: 2_000 };
const STREAMS = 50;
const BESIDE_MS = 8_000;
/** Twice what Stripe sends to one endpoint unless it is asked for more. */
const STEADY = { perSecond: 50, count: 500 };
const P99_LIMIT_MS = 100;
const P99_GOAL_MS = 50;
const CUSTOMERS = 1_000;

export async function benchWebhooks(environment: BenchEnvironment): Promise<Result[]> {
  const secret = `whsec_${randomBytes(24).toString("hex")}`;
  const provider = await startProcess("ticker-provider.ts", {});
  const settings = { ...billingSettings(secret), ...tickerSettings(provider) };
  const app = await startProcess("app-server.ts", settings, "/readyz");
  const bare = await startProcess("webhook-server.ts", { STRIPE_WEBHOOK_SECRET: secret });
  const counted = { delivered: 0 };
  const deliver = delivery(secret, counted);
  try {
    const alone = await intake(deliver(`${app.url}/webhooks/stripe`), deliver(bare.url));
    const beside = await intakeBesideStreams(environment, {
      app,
      provider,
      work: deliver(`${app.url}/webhooks/stripe`),
    });
    await expectStored(environment, counted.delivered);
    return [alone, beside];
  } finally {
    await app.stop();
    await bare.stop();
    await provider.stop();
  }
}

// Nothing of this is asked of Stripe: the address behind the key is nobody's.
function billingSettings(webhookSecret: string): Record<string, string> {
  return {
    ENABLE_BILLING: "true",
    STRIPE_SECRET_KEY: `sk_test_${randomBytes(12).toString("hex")}`,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_PRODUCT_PRICE_MAP: "starter=price_starter,pro=price_pro",
    STRIPE_API_BASE: "http://127.0.0.1:9",
    ENABLE_BILLING_RETRY_WORKER: "false",
  };
}

/** Deliveries of events that never came before, each about one of a thousand customers. */
function delivery(secret: string, counted: { delivered: number }): (url: string) => Work {
  let made = 0;
  const run = randomBytes(6).toString("hex");
  return (url) => async () => {
    made += 1;
    const payload = JSON.stringify(eventOf(run, made), null, 2);
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    const headers = { "content-type": "application/json; charset=utf-8", "stripe-signature": signature };
    await call({ url, method: "POST", headers, body: payload });
    counted.delivered += 1;
  };
}

// Some three kilobytes, as Stripe's events of subscriptions have.
function eventOf(run: string, n: number): object {
  const created = Math.floor(Date.now() / 1_000);
  const customer = `cus_${run}${n % CUSTOMERS}`;
  const item = {
    id: `si_${run}${n % CUSTOMERS}`,
    object: "subscription_item",
    created,
    current_period_end: created + 2_592_000,
    current_period_start: created,
    metadata: Object.fromEntries(
      Array.from({ length: 20 }, (_, key) => [`key_${key}`, `value ${n} `.repeat(8)]),
    ),
    price: { id: "price_starter", object: "price", currency: "usd", unit_amount: 1900 },
    quantity: 1 + (n % 9),
  };
  const object = {
    id: `sub_${run}${n % CUSTOMERS}`,
    object: "subscription",
    customer,
    status: "active",
    cancel_at_period_end: false,
    items: { object: "list", data: [item], has_more: false },
    metadata: {},
  };
  return {
    id: `evt_${run}${n}`,
    object: "event",
    api_version: Stripe.API_VERSION,
    created,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: "customer.subscription.updated",
  };
}

async function intake(subject: Work, reference: Work): Promise<Result> {
  const times: number[] = [];
  const referenceTimes: number[] = [];
  const measured = await compare(timed(subject, times), timed(reference, referenceTimes), LOAD);
  return {
    name: "webhook intake",
    figures: {
      "stored by Parley": rate(measured.subjectPerSecond),
      "stored by node:http + pg": rate(measured.referencePerSecond),
      "Parley, eight at a time p50 / p99": spread(times),
      "node:http + pg p50 / p99": spread(referenceTimes),
    },
    verdict: { value: measured.ratio, unit: "ratio", limit: 0.2, goal: 0.4, kind: "min" },
  };
}

interface Beside {
  app: RunningProcess;
  provider: RunningProcess;
  work: Work;
}

async function intakeBesideStreams(environment: BenchEnvironment, beside: Beside): Promise<Result> {
  const { app, provider, work } = beside;
  const streams = await openStreams(environment, app);
  const quietFrom = instant();
  await sleep(BESIDE_MS);
  const quietTo = instant();
  const steady: number[] = [];
  await steadily(timed(work, steady), STEADY);
  const steadyTo = instant();
  const busy: number[] = [];
  const perSecond = await throughput(timed(work, busy), { ...LOAD, durationMs: BESIDE_MS });
  const busyTo = instant();
  await call({ url: `${provider.url}/end`, method: "POST", headers: {}, body: "" });
  const chunks = (await streams.read).flat();
  const chunksOf = (from: number, to: number) =>
    spread(
      chunks
        .filter((chunk) => chunk.writtenAt >= from && chunk.writtenAt < to)
        .map((chunk) => chunk.latencyMs),
    );
  const value = percentile(steady, 0.99);
  return {
    name: `webhook intake beside ${STREAMS} chat streams`,
    figures: {
      [`${STEADY.perSecond} deliveries/s p50 / p99`]: spread(steady),
      "at most stored by Parley": rate(perSecond),
      "then, eight at a time p50 / p99": spread(busy),
      "a chunk's way without deliveries": chunksOf(quietFrom, quietTo),
      [`with ${STEADY.perSecond} deliveries/s`]: chunksOf(quietTo, steadyTo),
      "with as many as there can be": chunksOf(steadyTo, busyTo),
    },
    verdict: { value, unit: "ms", limit: P99_LIMIT_MS, goal: P99_GOAL_MS, kind: "max" },
  };
}

/** Opens the streams and answers once each has begun; `read` is what was read of them when they have ended. */
async function openStreams(
  environment: BenchEnvironment,
  app: RunningProcess,
): Promise<{ read: Promise<Chunk[][]> }> {
  const cookies = await readersOf(environment, STREAMS);
  const begun: Promise<void>[] = [];
  const reading = Array.from({ length: STREAMS }, (_, n) => {
    const { promise, resolve } = gate();
    begun.push(promise);
    const cookie = cookies[Math.floor(n / STREAMS_PER_PERSON)] ?? "";
    return readThroughParley(app, { ...tenantHeaders(environment, app), cookie }, resolve);
  });
  const read = Promise.all(reading);
  await Promise.race([Promise.all(begun), read]);
  return { read };
}

/** The clock of the chunks. */
function instant(): number {
  return performance.timeOrigin + performance.now();
}

async function expectStored({ query }: BenchEnvironment, delivered: number): Promise<void> {
  const { rows } = await query("SELECT count(*)::int AS stored FROM stripe_events");
  if (rows[0].stored !== delivered)
    throw new Error(`of ${delivered} deliveries that were answered ${rows[0].stored} are stored`);
}
