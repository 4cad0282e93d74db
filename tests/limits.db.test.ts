// RTL-06: every limited procedure is called with its counter used up, one limit at a time, and refuses.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { closeDatabases, platformDb } from "../server/platform/db";
import { closeEvents } from "../server/platform/events";
import { LIMITS, type LimitName } from "../server/platform/limit-table";
import { consumeLimits } from "../server/platform/rate-limit";
import type { ProcedureMeta } from "../server/procedures";
import { appRouter } from "../server/router";
import { callAs } from "./factories/callers";
import { makeOperator } from "./factories/operators";
import { makeTenant, type TestTenant } from "./factories/tenants";
import { type SignedIn, signIn } from "./factories/users";

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta } }>;
const limited = Object.entries(procedures).flatMap(([path, procedure]) =>
  (procedure._def.meta?.limits ?? []).map((name): [string, LimitName, string | undefined] => [
    path,
    name,
    procedure._def.meta?.guard,
  ]),
);

let tenant: TestTenant;
let owner: SignedIn;
let operator: SignedIn;

beforeAll(async () => {
  tenant = await makeTenant();
  owner = await signIn(tenant.owner);
  operator = await makeOperator();
});

// One that is used up would hide those that are counted after it.
afterEach(async () => {
  await platformDb().rateLimitWindow.deleteMany();
});

afterAll(async () => {
  await closeEvents();
  await closeDatabases();
});

/** Calls by path, with an input that no schema takes: a limit is counted before the input is read. */
function callPath(api: ReturnType<typeof callAs>["api"], path: string): Promise<unknown> {
  const procedure = path.split(".").reduce<unknown>((node, name) => Reflect.get(node as object, name), api);
  return (procedure as (input: unknown) => Promise<unknown>)({ nonsense: true });
}

test("something is limited", () => {
  expect(limited.length).toBeGreaterThan(5);
});

test.each(limited)("%s is limited by %s", async (path, name, guard) => {
  const { scope, points } = LIMITS[name];
  const { cookie, session } = guard === "operator" ? operator : owner;
  const { api, info } = callAs({ cookie, tenantSlug: tenant.slug });
  const keys = { ip: info.ip, user: session.userId, tenant: tenant.id };
  await consumeLimits([{ ...LIMITS[name], name, key: keys[scope], weight: points }]);
  await expect(callPath(api, path)).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    cause: { details: { reason: "rate_limited" } },
  });
  expect(info.reply.limit).toMatchObject({ name, allowed: false, remaining: 0, limit: points });
});
