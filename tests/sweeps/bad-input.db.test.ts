// Every procedure, called by its rightful user with input that does not fit: wrong types, missing and unknown fields,
// hostile Unicode, oversized texts. Each is a clear 4xx that names the field, nothing changes, nothing is a fault of ours.
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { beforeAll, expect, test } from "vitest";
import { validateSession } from "../../server/auth/sessions";
import { AppError } from "../../server/platform/errors";
import { internalRequest } from "../../server/request";
import { callAs } from "../factories/callers";
import { makeUser, type SignedIn, signIn, type TestUser } from "../factories/users";
import { fieldsOf, kindOf, TAKING, withField } from "./fields";
import { callPath, digestOf, type Ground, makeGround, PROCEDURES, slugOf } from "./ground";
import { SWEEP } from "./inputs";

// Limits are swept elsewhere; here they would hide what an input does.
process.env["RATE_LIMIT_SCALE"] = "100000";

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
  "x",
];
const WRONG_NUMBERS = [-1, 1.5, 1e308, Number.MAX_SAFE_INTEGER];
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

let ground: Ground;
let leaver: TestUser;

beforeAll(async () => {
  ground = await makeGround();
  leaver = await makeUser();
});

interface Outcome {
  input: unknown;
  /** "done", or the HTTP status and whether the input itself was refused. */
  status: "done" | number;
  isInputFault: boolean;
  /** The names of the fields that the refusal speaks of, those within them included. */
  fields: string[];
}

async function tryInput(path: string, input: unknown, cookie = cookieFor(path)): Promise<Outcome> {
  const { api } = callAs({ cookie, tenantSlug: await slugOf(ground.tenant) });
  try {
    await callPath(api, path, input);
    return { input, status: "done", isInputFault: false, fields: [] };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    const { cause } = error;
    const isInputFault = cause instanceof AppError ? cause.code === "invalid" : error.code === "BAD_REQUEST";
    const fields = cause instanceof AppError ? Object.keys(cause.details.fields ?? {}) : [];
    return { input, status: getHTTPStatusCodeFromError(error), isInputFault, fields };
  }
}

function cookieFor(path: string): string {
  return PROCEDURES.get(path)?.meta.guard === "operator" ? ground.operator.cookie : ground.owner.cookie;
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
  const before = await digestOf();
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
  expect(await digestOf()).toBe(before);
});

test("an input is swept for every procedure that takes one", () => {
  expect(withInput.map(({ path }) => path).sort()).toEqual([...TAKING].sort());
});

test.each(withInput)("$path refuses wrong types, field by field", async ({ path, input }) => {
  const before = await digestOf();
  const fitting = input(ground.ids);
  for (const field of fieldsOf(path)) {
    const wrong = WRONG_TYPES.filter((value) => !field.accepts.has(kindOf(value)));
    if (field.accepts.has("number")) wrong.push(...WRONG_NUMBERS);
    if (field.accepts.has("object")) wrong.push({ unknown: 1 });
    for (const value of wrong) {
      const outcome = await tryInput(path, withField(fitting, field.path, value));
      expect(outcome, show(outcome)).toMatchObject({ status: 400, isInputFault: true });
      expect(
        outcome.fields.map((name) => name.split(".")[0]),
        show(outcome),
      ).toContain(String(field.path[0]));
    }
  }
  expect(await digestOf()).toBe(before);
});

const isGuess = /^(auth\.(login|stepUp|recoveryLogin)|mfa\..+|account\.changePassword)$/;

test.each(withInput)(
  "$path answers hostile and oversized texts clearly",
  async ({ path, input }) => {
    const fitting = input(ground.ids);
    // A wrong password or code counts, and the fifth one in a row sends a mail.
    const aside = isGuess.test(path) ? ["outgoing_mail"] : [];
    for (const { path: field } of fieldsOf(path).filter(({ accepts }) => accepts.has("string"))) {
      const before = await digestOf(aside);
      for (const text of OVERSIZED) {
        const outcome = await tryInput(path, withField(fitting, field, text));
        expect(outcome, show(outcome)).toMatchObject({ status: 400, isInputFault: true });
      }
      const inputs = HOSTILE_TEXTS.map((text) => withField(fitting, field, text));
      const refused = await refusedOf(path, inputs);
      if (refused.length === inputs.length) expect(await digestOf(aside), field.join(".")).toBe(before);
      else await expectNothingFrom(path, { refused, aside });
    }
  },
  240_000,
);

/** Those of the inputs that are not taken; each is refused clearly. */
async function refusedOf(path: string, inputs: unknown[]): Promise<unknown[]> {
  const refused = [];
  for (const input of inputs) {
    const outcome = await tryInput(path, input);
    clear(outcome);
    if (outcome.status !== "done") refused.push(input);
  }
  return refused;
}

// What was taken between them may have changed something: what was refused is tried again by itself.
async function expectNothingFrom(
  path: string,
  { refused, aside }: { refused: unknown[]; aside: string[] },
): Promise<void> {
  const before = await digestOf(aside);
  expect(await refusedOf(path, refused)).toEqual(refused);
  expect(await digestOf(aside)).toBe(before);
}

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
  const before = await digestOf();
  const fitting = SWEEP[path]?.input?.(ground.ids) ?? {};
  for (const text of ["\u0000", "a\u0000b", "\ud800", "a\udc00", "", " "]) {
    const outcome = await tryInput(path, { ...fitting, [field]: text });
    expect(outcome, JSON.stringify(text)).toMatchObject({ status: 400, isInputFault: true });
  }
  expect(await digestOf()).toBe(before);
});

test("a message of 32,000 characters is taken, one more is refused", async () => {
  const before = await digestOf();
  const fitting = SWEEP["chat.send"]?.input?.(ground.ids) ?? {};
  const tooLong = await tryInput("chat.send", { ...fitting, text: "x".repeat(32_001) });
  expect(tooLong).toMatchObject({ status: 400, isInputFault: true });
  expect(await digestOf()).toBe(before);
  const { api } = callAs({ cookie: ground.owner.cookie, tenantSlug: ground.tenant.slug });
  const { conversationId } = await api.conversations.create({});
  const taken = await tryInput("chat.send", { ...fitting, conversationId, text: "x".repeat(32_000) });
  expect(taken.status).toBe("done");
});

const JUNK = [null, "x", { unknown: 1 }, "\ud800"];
// Who is signed in afterwards: the browser that asked, and another one of the same person.
const SIGN_OUTS: Record<string, { own: boolean; other: boolean }> = {
  "auth.logout": { own: false, other: true },
  "auth.logoutAll": { own: false, other: false },
  "sessions.revokeOthers": { own: true, other: false },
};

test.each(withoutInput.filter((path) => !SIGN_OUTS[path]))(
  "%s does the same whatever is sent along",
  async (path) => {
    // What it does, it does at the first call; the next ones find it done.
    await tryInput(path, undefined);
    const { status } = await tryInput(path, undefined);
    const before = await digestOf();
    for (const input of JUNK) {
      const outcome = await tryInput(path, input);
      if (!outcome.isInputFault) expect(outcome.status, show(outcome)).toBe(status);
      clear(outcome);
    }
    expect(await digestOf()).toBe(before);
  },
);

test.each(Object.entries(SIGN_OUTS))("%s does the same whatever is sent along", async (path, expected) => {
  for (const input of [undefined, ...JUNK]) {
    const [own, other] = [await signIn(leaver), await signIn(leaver)];
    expect(await tryInput(path, input, own.cookie)).toMatchObject({ status: "done" });
    expect({ own: await isSignedIn(own), other: await isSignedIn(other) }).toEqual(expected);
    expect(await isSignedIn(ground.owner)).toBe(true);
  }
});

async function isSignedIn({ token }: SignedIn): Promise<boolean> {
  return (await validateSession(token, internalRequest())) !== null;
}
