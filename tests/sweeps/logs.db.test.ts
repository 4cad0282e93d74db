// What people type and what signs them in never stands in a log line: every procedure is called at the most talkative
// level with a canary in each of its texts, right and wrong, and a whole sign-in is made; then the log is searched.

import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logger } from "../../server/platform/logger";
import { callAs } from "../factories/callers";
import { makeUser, signIn } from "../factories/users";
import { callPath, type Ground, makeGround, PROCEDURES } from "./ground";
import { SWEEP } from "./inputs";

const folder = mkdtempSync(join(tmpdir(), "parley-log-"));
const file = join(folder, "parley.log");
Object.assign(process.env, {
  LOG_LEVEL: "trace",
  LOG_SINK: `file:${file}`,
  TEST_FAULT_LOG: file,
  // Limits would end the sweep before an input is read.
  RATE_LIMIT_SCALE: "100000",
});

const canaries = new Map<string, string>();
let ground: Ground;

beforeAll(async () => {
  ground = await makeGround();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
});

/** A text that stands nowhere else, remembered by where it went. */
function canary(place: string): string {
  const text = `canary${randomBytes(9).toString("hex")}`;
  canaries.set(text, place);
  return text;
}

async function call(path: string, input: unknown): Promise<void> {
  const { cookie } = PROCEDURES.get(path)?.meta.guard === "operator" ? ground.operator : ground.owner;
  const { api } = callAs({ cookie, tenantSlug: ground.tenant.slug });
  await callPath(api, path, input).catch(() => undefined);
}

function logged(): string {
  return readFileSync(file, "utf8");
}

function expectNoCanary(): void {
  const log = logged();
  const found = [...canaries].filter(([text]) => log.includes(text)).map(([, place]) => place);
  expect(found).toEqual([]);
}

test("the log is written, so that a search in it means something", () => {
  logger("sweep").info({ event: "sweep.began" }, "the sweep began");
  expect(logged()).toContain("sweep.began");
});

const texts = Object.entries(SWEEP).flatMap(([path, { input }]) => (input ? [{ path, input }] : []));

test.each(texts)("$path logs nothing of its input", async ({ path, input }) => {
  const fitting = input(ground.ids);
  for (const [field, value] of Object.entries(fitting)) {
    if (typeof value !== "string") continue;
    const place = `${path} ${field}`;
    await call(path, { ...fitting, [field]: canary(place) });
    if (/email/i.test(field)) await call(path, { ...fitting, [field]: `${canary(place)}@sweep.example` });
    await call(path, { ...fitting, [field]: { [canary(`${place}, a name`)]: canary(`${place}, nested`) } });
  }
  expectNoCanary();
});

test("a sign-in logs neither password, nor address, nor token", async () => {
  const person = await makeUser({ email: `${canary("address")}@sweep.example` });
  await call("auth.login", { email: person.email, password: canary("wrong password") });
  const { token } = await signIn(person);
  for (const part of token.split(".")) canaries.set(part, "session token");
  canaries.set(person.password, "right password");
  expectNoCanary();
});
