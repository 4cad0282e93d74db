// RTL-06: every limited procedure is called with its counter used up, one limit at a time, and refuses. Most limits are
// declared with their procedures; some a room takes itself, once it knows that a request is going to cost something.

import { afterEach, beforeAll, expect, test } from "vitest";
import { sendMessage } from "../server/chat/start-run";
import { platformDb } from "../server/platform/db";
import { newId } from "../server/platform/ids";
import { LIMITS, type LimitName } from "../server/platform/limit-table";
import { consumeLimits } from "../server/platform/rate-limit";
import type { ProcedureMeta } from "../server/procedures";
import { appRouter } from "../server/router";
import { callAs } from "./factories/callers";
import { makeConversation } from "./factories/conversations";
import { makeOperator } from "./factories/operators";
import { makeTenant, type TestTenant } from "./factories/tenants";
import { type SignedIn, signIn } from "./factories/users";
import { violationsOf } from "./factories/violations";

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta } }>;
const limited = Object.entries(procedures).flatMap(([path, procedure]) =>
  (procedure._def.meta?.limits ?? []).map((name): [string, LimitName, string | undefined] => [
    path,
    name,
    procedure._def.meta?.guard,
  ]),
);

type Ids = Record<"conversationId" | "messageId" | "runId", string>;
type Input = (ids: Ids) => object;

const CHAT: LimitName[] = ["chat.user", "chat.tenant"];
const TAKEN_BY_ROOMS: [path: string, names: LimitName[], input: Input][] = [
  ["chat.send", CHAT, ({ conversationId }) => ({ conversationId, text: "Q", clientMessageId: newId() })],
  ["chat.continue", CHAT, ({ messageId }) => ({ messageId, clientMessageId: newId() })],
  ["chat.retry", CHAT, ({ messageId }) => ({ messageId, clientMessageId: newId() })],
  ["chat.regenerate", CHAT, ({ messageId }) => ({ messageId, clientMessageId: newId() })],
  ["chat.edit", CHAT, ({ messageId }) => ({ messageId, text: "Q", clientMessageId: newId() })],
  ["chat.runEvents", ["stream.user", "stream.tenant"], ({ runId }) => ({ runId })],
  ["conversations.export", ["export.user"], ({ conversationId }) => ({ conversationId, format: "json" })],
];
const taken = TAKEN_BY_ROOMS.flatMap(([path, names, input]) =>
  names.map((name): [string, LimitName, Input] => [path, name, input]),
);

/** Counted where there is no procedure, or for every call of a machine; tested where they are counted. */
const AT_DOORS: LimitName[] = ["csp-report.ip", "jwks.ip", "machine.tenant", "machine.user"];

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

/** Calls by path, with an input that no schema takes: a declared limit is counted before the input is read. */
function callPath(
  api: ReturnType<typeof callAs>["api"],
  path: string,
  input: object = { nonsense: true },
): Promise<unknown> {
  const procedure = path.split(".").reduce<unknown>((node, name) => Reflect.get(node as object, name), api);
  return (procedure as (input: unknown) => Promise<unknown>)(input);
}

test("something is limited", () => {
  expect(limited.length).toBeGreaterThan(5);
});

test("every limit of the table is used up here, or where its door is tested", () => {
  const walked = [...limited, ...taken].map(([, name]) => name);
  expect([...new Set([...walked, ...AT_DOORS])].sort()).toEqual(Object.keys(LIMITS).sort());
});

test.each(limited)("%s is limited by %s", async (path, name, guard) => {
  const { scope, points } = LIMITS[name];
  const { cookie, session } = guard === "operator" ? operator : owner;
  const { api, info } = callAs({ cookie, tenantSlug: tenant.slug });
  const keys = { ip: info.ip, user: session.userId, tenant: tenant.id };
  await consumeLimits([{ ...LIMITS[name], name, key: keys[scope], weight: points }]);
  const endpoint = name.split(".")[0] ?? "";
  const before = await violationsOf(endpoint);
  await expect(callPath(api, path)).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    cause: { details: { reason: "rate_limited" } },
  });
  expect(info.reply.limit).toMatchObject({ name, allowed: false, remaining: 0, limit: points });
  expect(await violationsOf(endpoint), "counted for the metrics").toBe(before + 1);
});

test.each(taken)("%s is limited by %s, which its room takes", async (path, name, input) => {
  const { scope, points } = LIMITS[name];
  const conversationId = await makeConversation(tenant.scope);
  const message = { conversationId, text: "Q", clientMessageId: newId() };
  const { runId, assistantMessageId: messageId } = await sendMessage(tenant.scope, message);
  const keys = { ip: "", user: owner.session.userId, tenant: tenant.id };
  await consumeLimits([{ ...LIMITS[name], name, key: keys[scope], weight: points }]);
  const { api, info } = callAs({ cookie: owner.cookie, tenantSlug: tenant.slug });
  await expect(callPath(api, path, input({ conversationId, messageId, runId }))).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    cause: { details: { reason: "rate_limited", retryAfterSeconds: expect.any(Number) } },
  });
  expect(info.reply.limit).toMatchObject({ name, allowed: false, remaining: 0, limit: points });
});
