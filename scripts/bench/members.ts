// What belonging costs: a tenant's procedure behind its guard (membership and permission) against the same work without
// one, the question for a permission by itself, and the page of members.

import { type BenchEnvironment, startProcess } from "./environment";
import { call, compare, durations, median, ms, percentile, type Result, rate } from "./measure";

const LOAD = { concurrency: 8, durationMs: 2_000 };
const PEOPLE = 200;
const CHECKS = 1_000_000;
const PAGES = 200;

export async function benchMembers(environment: BenchEnvironment): Promise<Result[]> {
  for (let n = 0; n < PEOPLE; n += 1) await environment.addPerson();
  await environment.query("ANALYZE");
  return [await guard(environment), await page(environment)];
}

/** Both contenders look up the session and list members; the subject asks first whether its person belongs and may. */
async function guard({ cookie, person }: BenchEnvironment): Promise<Result> {
  const { createContext, requirePermission } = await import("../../server/context");
  const procedures = await import("../../server/procedures");
  // The table of contents tells the page of members who knows what they spent.
  await import("../../server/router");
  const { ListMembers } = await import("../../server/members/contract");
  const { listMembers } = await import("../../server/members/members");
  const { closeDatabases } = await import("../../server/platform/db");
  const { logger } = await import("../../server/platform/logger");
  const { internalRequest } = await import("../../server/request");
  const { resolveScope } = await import("../../server/tenants/scope");
  const { userId, slug } = person;
  const from = { unverifiedTenantSlug: slug, session: { userId }, request: internalRequest() };
  const scope = await resolveScope({ ...from, logger: logger("bench") });
  const input = ListMembers.parse({});
  const { memberProcedure, verifiedProcedure } = procedures;
  const caller = procedures.createCallerFactory(
    procedures.router({
      guarded: memberProcedure("members.read").query(({ ctx }) => listMembers(ctx.scope, input)),
      open: verifiedProcedure.query(() => listMembers(scope, input)),
    }),
  );
  const ask = (name: "guarded" | "open") => async () => {
    const api = caller(() => createContext({ cookie, tenantSlug: slug }, internalRequest()));
    if ((await api[name]()).items.length !== input.limit) throw new Error(`${name} answered too few members`);
  };
  try {
    const measured = await compare(ask("guarded"), ask("open"), LOAD);
    return {
      name: "guard of a tenant's procedure",
      figures: {
        "with membership and permission": rate(measured.subjectPerSecond),
        without: rate(measured.referencePerSecond),
        "a permission by itself": `${nanosecondsOf(() => requirePermission(scope, "members.read")).toFixed(0)} ns`,
      },
      verdict: { value: measured.ratio, unit: "ratio", limit: 0.5, goal: 0.65, kind: "min" },
    };
  } finally {
    await closeDatabases();
  }
}

function nanosecondsOf(check: () => void): number {
  const startedAt = performance.now();
  for (let n = 0; n < CHECKS; n += 1) check();
  return ((performance.now() - startedAt) / CHECKS) * 1_000_000;
}

async function page({ cookie, person }: BenchEnvironment): Promise<Result> {
  const app = await startProcess("app-server.ts", {}, "/readyz");
  try {
    const open = (path: string) => async () => {
      await call({ url: `${app.url}/t/${person.slug}${path}`, headers: { cookie, accept: "text/html" } });
    };
    const figures: Record<string, string> = {};
    for (const [label, path] of [
      ["home", ""],
      ["members", "/members"],
      ["a search", "/members?search=bench"],
    ] as const) {
      await durations(open(path), PAGES / 4);
      const times = await durations(open(path), PAGES);
      figures[`${label} p50 / p99`] = `${ms(median(times))} / ${ms(percentile(times, 0.99))}`;
    }
    return { name: `members page of ${PEOPLE} people`, figures };
  } finally {
    await app.stop();
  }
}
