// Sign-ins per second against the bare rate of Argon2id at the same parameters, and how long the event loop waits meanwhile.

import { randomBytes } from "node:crypto";
import { type Algorithm, hash, verify } from "@node-rs/argon2";
import { v7 as newId } from "uuid";
import { type BenchEnvironment, startProcess } from "./environment";
import { call, compare, durations, ms, percentile, type Result, rate, throughput } from "./measure";

const LOAD = { concurrency: 6, durationMs: 4_000 };
const LAG_MS = 15_000;
const PEOPLE = 40;
const EVENT_LOOP_P99_LIMIT_MS = 20;
const FLOOD = 50;
const HEALTH_CALLS = 300;
const HEALTH_P99_LIMIT_MS = 50;
/** The monitor's timer fires every so often; its figures hold that interval beside the delay. */
const SAMPLING_MS = 10;

export async function benchSignIn(environment: BenchEnvironment): Promise<Result[]> {
  const password = randomBytes(18).toString("base64url");
  const emails = await seedPeople(environment, password);
  const app = await startProcess("app-server.ts", {}, "/readyz");
  const parameters = { algorithm: 2 as Algorithm.Argon2id, timeCost: 3, memoryCost: 65_536, parallelism: 2 };
  const phc = await hash(password, parameters);
  let turn = 0;
  const subject = () => signIn(app.url, { email: emails[turn++ % emails.length] ?? "", password });
  const reference = async () => {
    if (!(await verify(phc, password))) throw new Error("the password was refused");
  };
  try {
    const measured = await compare(subject, reference, LOAD);
    // Reading the metrics begins a new interval: rounds of the reference, when the app has nothing to do, do not count.
    await eventLoopP99(environment, app.url);
    await throughput(subject, { ...LOAD, durationMs: LAG_MS });
    const lag = await eventLoopP99(environment, app.url);
    const flood = await benchFlood(app.url, subject);
    return [
      {
        name: "sign-in",
        figures: {
          Parley: rate(measured.subjectPerSecond),
          "bare Argon2id": rate(measured.referencePerSecond),
        },
        verdict: { value: measured.ratio, unit: "ratio", limit: 0.9, goal: 0.95, kind: "min" },
      },
      {
        name: "event loop while signing in, p99",
        figures: { "monitored by the app": ms(lag) },
        verdict: {
          value: lag,
          unit: "ms",
          limit: EVENT_LOOP_P99_LIMIT_MS,
          goal: EVENT_LOOP_P99_LIMIT_MS,
          kind: "max",
        },
      },
      flood,
    ];
  } finally {
    await app.stop();
  }
}

/** How long `/healthz` takes, one call after another, while fifty sign-ins are always under way. */
async function benchFlood(url: string, subject: () => Promise<void>): Promise<Result> {
  let isOver = false;
  const lanes = Array.from({ length: FLOOD }, async () => {
    while (!isOver) await subject();
  });
  const times = await durations(async () => {
    await call({ url: `${url}/healthz` });
  }, HEALTH_CALLS);
  isOver = true;
  await Promise.all(lanes);
  const p99 = percentile(times, 0.99);
  return {
    name: "/healthz during fifty parallel sign-ins, p99",
    figures: { p50: ms(percentile(times, 0.5)), p99: ms(p99) },
    verdict: {
      value: p99,
      unit: "ms",
      limit: HEALTH_P99_LIMIT_MS,
      goal: HEALTH_P99_LIMIT_MS,
      kind: "max",
    },
  };
}

async function signIn(url: string, credentials: { email: string; password: string }): Promise<void> {
  await call({
    url: `${url}/trpc/auth.login`,
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: JSON.stringify(credentials),
  });
}

async function seedPeople(environment: BenchEnvironment, password: string): Promise<string[]> {
  const { hashPassword } = await import("../../server/auth/password/hash");
  const emails: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1) {
    const userId = newId();
    const email = `person-${n}@example.test`;
    await environment.query(
      "INSERT INTO users (id, email, email_verified_at, status, updated_at) VALUES ($1, $2, now(), 'active', now())",
      [userId, email],
    );
    const { envelope, pepperKeyId, paramsVersion } = await hashPassword(userId, password);
    await environment.query(
      "INSERT INTO password_credentials (user_id, envelope, pepper_key_id, params_version) VALUES ($1, $2, $3, $4)",
      [userId, Buffer.from(envelope), pepperKeyId, paramsVersion],
    );
    emails.push(email);
  }
  return emails;
}

async function eventLoopP99(environment: BenchEnvironment, url: string): Promise<number> {
  const text = await call({
    url: `${url}/metrics`,
    headers: { authorization: `Bearer ${environment.variables["METRICS_TOKEN"]}` },
  });
  const seconds = /^nodejs_eventloop_lag_p99_seconds(?:\{[^}]*\})? ([\d.e-]+)/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error("/metrics has no event loop lag");
  return Math.max(Number(seconds) * 1000 - SAMPLING_MS, 0);
}
