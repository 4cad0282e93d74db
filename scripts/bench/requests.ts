// Requests: a tenant query over HTTP, and the session check alone.

import { createHash, timingSafeEqual } from "node:crypto";
import pg from "pg";
import { type BenchEnvironment, seedConversation, startProcess } from "./environment";
import { call, compare, type Result, rate } from "./measure";
import { tenantHeaders } from "./relay";

const LOAD = { concurrency: 8, durationMs: 2_000 };
const CONVERSATIONS = 60;

/** tRPC over HTTP against node:http running the same statements over pg. */
export async function benchTenantQuery(environment: BenchEnvironment): Promise<Result[]> {
  for (let n = 0; n < CONVERSATIONS; n += 1) await seedConversation(environment, 2);
  await environment.query("ANALYZE");
  const bare = await startProcess("bare-server.ts", {});
  const app = await startProcess("app-server.ts", {}, "/readyz");
  try {
    const headers = tenantHeaders(environment, app);
    const input = encodeURIComponent(JSON.stringify({ limit: 20 }));
    const subject = { url: `${app.url}/trpc/conversations.list?input=${input}`, headers };
    const reference = { url: `${bare.url}/list`, headers };
    await expectItems(subject);
    await expectItems(reference);
    const measured = await compare(
      () => call(subject).then(() => undefined),
      () => call(reference).then(() => undefined),
      LOAD,
    );
    return [
      {
        name: "tenant tRPC query",
        figures: {
          Parley: rate(measured.subjectPerSecond),
          "node:http + pg": rate(measured.referencePerSecond),
        },
        verdict: { value: measured.ratio, unit: "ratio", limit: 0.4, goal: 0.6, kind: "min" },
      },
    ];
  } finally {
    await app.stop();
    await bare.stop();
  }
}

// Both contenders must do the work that is timed.
async function expectItems(target: { url: string; headers: Record<string, string> }): Promise<void> {
  const answer = await call(target);
  const found = answer.match(/"id":/g)?.length ?? 0;
  if (found !== 20) throw new Error(`${target.url} answered ${found} items instead of 20`);
}

/** Cookie -> session through Parley, against hash and one SELECT without it. */
export async function benchSessionCheck(environment: BenchEnvironment): Promise<Result[]> {
  const { readSessionToken } = await import("../../server/auth/session-cookie");
  const { SESSION_BY_ID } = await import("../../server/auth/session/rows");
  const { validateSession } = await import("../../server/auth/sessions");
  const { closeDatabases } = await import("../../server/platform/db");
  const { internalRequest } = await import("../../server/request");
  const pool = new pg.Pool({ connectionString: environment.urls.databaseUrl, max: 10 });
  const request = internalRequest();
  const subject = async () => {
    const session = await validateSession(readSessionToken(environment.cookie) ?? "", request);
    if (!session) throw new Error("the session was refused");
  };
  const reference = async () => {
    const token = environment.cookie.slice(environment.cookie.indexOf("=") + 1);
    const [id, secret = ""] = token.split(".");
    const { rows } = await pool.query({ name: "bench_session", text: SESSION_BY_ID, values: [id] });
    const hash = createHash("sha256").update(secret).digest();
    if (!timingSafeEqual(rows[0].secret_hash, hash)) throw new Error("the session was refused");
  };
  try {
    const measured = await compare(subject, reference, LOAD);
    return [
      {
        name: "session check",
        figures: {
          Parley: rate(measured.subjectPerSecond),
          "hash + SELECT": rate(measured.referencePerSecond),
        },
        verdict: { value: measured.ratio, unit: "ratio", limit: 0.7, goal: 0.85, kind: "min" },
      },
    ];
  } finally {
    await pool.end();
    await closeDatabases();
  }
}
