// Every procedure, called by its rightful user with input that does not fit: wrong types, missing and unknown fields,
// hostile Unicode, oversized texts. Each is a clear 4xx that names the field, nothing changes, nothing is a fault of ours.
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { beforeAll, expect, test } from "vitest";
import { AppError } from "../../server/platform/errors";
import { callAs } from "../factories/callers";
import { callPath, digestOf, type Ground, makeGround, PROCEDURES, slugOf } from "./ground";
import { SWEEP } from "./inputs";

// Limits are swept elsewhere; here they would hide what an input does.
process.env["RATE_LIMIT_SCALE"] = "100000";

const TABLES = [
  "conversations",
  "messages",
  "runs",
  "run_events",
  "tenants",
  "tenant_members",
  "users",
  "user_profiles",
];

const WRONG_TYPES: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  [],
  ["x"],
  {},
  { not: "" },
  { $ne: null },
  [[]],
];
const HOSTILE_TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udc00x",
  "\ufffe",
  "\u202etxet",
  "💥".repeat(50),
];
const OVERSIZED = ["x".repeat(32_001), "é".repeat(200_000)];

/** Where null has a meaning of its own. */
const NULLABLE: Record<string, string[]> = {
  "chat.runEvents": ["lastEventId"],
  "tenants.update": ["billingWebhookUrl", "retentionDays"],
  "tenants.setDefaults": ["agentId", "model"],
};

let ground: Ground;

beforeAll(async () => {
  ground = await makeGround();
});

interface Outcome {
  input: unknown;
  /** "done", or the HTTP status and whether the input itself was refused. */
  status: "done" | number;
  isInputFault: boolean;
}

async function tryInput(path: string, input: unknown): Promise<Outcome> {
  const isOperators = PROCEDURES.get(path)?.meta.guard === "operator";
  const { cookie } = isOperators ? ground.operator : ground.owner;
  const { api } = callAs({ cookie, tenantSlug: await slugOf(ground.tenant) });
  try {
    await callPath(api, path, input);
    return { input, status: "done", isInputFault: false };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    const { cause } = error;
    const isInputFault = cause instanceof AppError ? cause.code === "invalid" : error.code === "BAD_REQUEST";
    return { input, status: getHTTPStatusCodeFromError(error), isInputFault };
  }
}

function clear(outcome: Outcome): void {
  if (outcome.status === "done") return;
  expect(outcome.status, show(outcome)).toBeGreaterThanOrEqual(400);
  expect(outcome.status, show(outcome)).toBeLessThan(500);
}

function show({ input }: Outcome): string {
  return JSON.stringify(input)?.slice(0, 120) ?? "undefined";
}

const withInput = Object.entries(SWEEP).flatMap(([path, entry]) =>
  entry.input === null ? [] : [{ path, input: entry.input }],
);
const withoutInput = [...PROCEDURES.keys()].filter((path) => SWEEP[path]?.input === null);

test.each(withInput)("$path refuses what is no object, and unknown fields", async ({ path, input }) => {
  const before = await digestOf(TABLES);
  const fitting = input(ground.ids);
  const tries = [
    null,
    "text",
    7,
    true,
    [],
    [fitting],
    { ...fitting, unknown: 1 },
    { ...fitting, ["__proto__x"]: {} },
  ];
  for (const bad of tries) {
    const outcome = await tryInput(path, bad);
    expect(outcome, show(outcome)).toMatchObject({ status: 400, isInputFault: true });
  }
  expect(await digestOf(TABLES)).toBe(before);
});

test.each(withInput)("$path refuses wrong types, field by field", async ({ path, input }) => {
  const before = await digestOf(TABLES);
  const fitting = input(ground.ids);
  for (const [field, right] of Object.entries(fitting)) {
    const mayBeNull = NULLABLE[path]?.includes(field);
    const wrong = WRONG_TYPES.filter(
      (value) => typeof value !== typeof right && !(value === null && mayBeNull),
    );
    for (const value of wrong) {
      const outcome = await tryInput(path, { ...fitting, [field]: value });
      expect(outcome, show(outcome)).toMatchObject({ status: 400, isInputFault: true });
    }
    if (typeof right !== "number") continue;
    for (const value of [-1, 1.5, 1e308, Number.MAX_SAFE_INTEGER]) {
      const outcome = await tryInput(path, { ...fitting, [field]: value });
      expect(outcome, show(outcome)).toMatchObject({ status: 400, isInputFault: true });
    }
  }
  expect(await digestOf(TABLES)).toBe(before);
});

test.each(withInput)("$path answers hostile and oversized texts clearly", async ({ path, input }) => {
  const fitting = input(ground.ids);
  for (const [field, right] of Object.entries(fitting)) {
    if (typeof right !== "string") continue;
    for (const text of [...HOSTILE_TEXTS, ...OVERSIZED]) {
      const outcome = await tryInput(path, { ...fitting, [field]: text });
      clear(outcome);
      if (text.length > 32_000) expect(outcome.status, `${field} ${text.length}`).toBe(400);
    }
  }
});

const STORED = [
  { path: "chat.send", field: "text" },
  { path: "chat.edit", field: "text" },
  { path: "chat.send", field: "clientMessageId" },
  { path: "conversations.rename", field: "title" },
  { path: "conversations.search", field: "query" },
  { path: "tenants.create", field: "name" },
  { path: "auth.register", field: "name" },
];
test.each(STORED)("$path says that $field holds what cannot be stored", async ({ path, field }) => {
  const before = await digestOf(TABLES);
  const fitting = SWEEP[path]?.input?.(ground.ids) ?? {};
  for (const text of ["\u0000", "a\u0000b", "\ud800", "a\udc00", "", " "]) {
    const outcome = await tryInput(path, { ...fitting, [field]: text });
    expect(outcome, JSON.stringify(text)).toMatchObject({ status: 400, isInputFault: true });
  }
  expect(await digestOf(TABLES)).toBe(before);
});

test("a message of 32,000 characters is taken, one more is refused", async () => {
  const before = await digestOf(TABLES);
  const fitting = SWEEP["chat.send"]?.input?.(ground.ids) ?? {};
  const tooLong = await tryInput("chat.send", { ...fitting, text: "x".repeat(32_001) });
  expect(tooLong).toMatchObject({ status: 400, isInputFault: true });
  expect(await digestOf(TABLES)).toBe(before);
  const { api } = callAs({ cookie: ground.owner.cookie, tenantSlug: ground.tenant.slug });
  const { conversationId } = await api.conversations.create({});
  const taken = await tryInput("chat.send", { ...fitting, conversationId, text: "x".repeat(32_000) });
  expect(taken.status).toBe("done");
});

test.each(withoutInput)("%s does the same whatever is sent along", async (path) => {
  if (["auth.logout", "auth.logoutAll", "sessions.revokeOthers"].includes(path)) return;
  for (const input of [null, "x", { unknown: 1 }, "\ud800"]) clear(await tryInput(path, input));
});
