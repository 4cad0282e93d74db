// Random calls of random procedures by members of two workspaces, of every role, by a machine of each, by a stranger and by an
// operator without a grant, with ids of both sides mixed in. Afterwards no row of one workspace names anything of the other, and no answer has
// shown anything of it. A run prints its seed: FUZZ_SEED=<seed> repeats it, FUZZ_CALLS=<n> makes it longer.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { newId } from "../../server/platform/ids";
import { TENANT_ROLES } from "../../server/tenants/terms";
import { callAs } from "../factories/callers";
import { makeConversation } from "../factories/conversations";
import { makeToken } from "../factories/machines";
import { converse } from "../factories/messages";
import { makeOperator } from "../factories/operators";
import { addMember, makeTenant } from "../factories/tenants";
import { makeUser, signIn } from "../factories/users";
import { certify } from "./certify";
import { callPath, type Ground, PROCEDURES, slugOf } from "./ground";
import { SWEEP } from "./inputs";

// Limits would end the run before it has seen much.
process.env["RATE_LIMIT_SCALE"] = "100000";

const SEED = Number(process.env["FUZZ_SEED"] ?? randomBytes(4).readInt32LE());
const CALLS = Number(process.env["FUZZ_CALLS"] ?? 1_200);
const TIME_MS = 15_000 * (CALLS / 1_200);
/** So many are made however slow the machine is. */
const CALLS_MIN = 100;
const ANSWER_WITHIN_MS = 1_000;
/** What would end the callers' own sessions and accounts, or shut them out: the rest of the run would be refusals. */
const ENDS_THE_CALLER = /^(auth|mfa|email|sessions)\.(?!me$|list$)|^account\.(delete|change|startExport)/;

interface Side {
  id: string;
  slug: string;
  /** Stands in names, titles and messages of this workspace, and nowhere else. */
  canary: string;
  ids: Ground["ids"];
  people: { id: string; email: string; cookie: string }[];
  /** The bearer of a machine of this workspace. */
  machine: string;
}

interface Caller {
  cookie?: string;
  authorization?: string;
  /** The workspace the caller belongs to; null for who belongs to none of the two. */
  side: number | null;
}

let sides: Side[] = [];
let callers: Caller[] = [];
let made = 0;

beforeAll(async () => {
  sides = [await makeSide(), await makeSide()];
  const stranger = await makeTenant({ name: "Somewhere else" });
  const outside = [await signIn(stranger.owner), await signIn(await makeUser()), await makeOperator()];
  callers = [
    ...sides.flatMap(({ people }, side) => people.map(({ cookie }) => ({ cookie, side }))),
    ...sides.map(({ machine }, side) => ({ authorization: machine, side })),
    ...outside.map(({ cookie }) => ({ cookie, side: null })),
  ];
});
certify("randomCalls", () => made);

async function makeSide(): Promise<Side> {
  const canary = `canary${randomBytes(8).toString("hex")}`;
  const owner = await makeUser({ displayName: `Owner ${canary}`, email: `${canary}@side.example` });
  const tenant = await makeTenant({ name: `Side ${canary}`, owner });
  const people = [owner];
  for (const role of TENANT_ROLES.slice(1)) {
    const person = await makeUser({ displayName: `${role} ${canary}` });
    people.push((await addMember(tenant, role, person)).user);
  }
  const conversationId = await makeConversation(tenant.scope, { title: `Plan ${canary}` });
  const words = { text: `Answer ${canary}`, status: "stopped" as const };
  const ended = await converse(tenant.scope, conversationId, `Question ${canary}`, words);
  const signedIn = await Promise.all(people.map((person) => signIn(person)));
  return {
    ...{ id: tenant.id, slug: tenant.slug, canary },
    ids: {
      ...{ conversationId, userMessageId: ended.userMessageId, assistantMessageId: ended.assistantMessageId },
      ...{ runId: ended.runId, activeRunId: ended.runId, busyConversationId: conversationId },
      deletedConversationId: await makeConversation(tenant.scope, { deletedAt: new Date() }),
      sessionId: signedIn[0]?.session.sessionId ?? "",
      exportId: newId(),
    } as Ground["ids"],
    machine: (await makeToken(tenant)).authorization,
    people: people.map(({ id, email }, index) => ({ id, email, cookie: signedIn[index]?.cookie ?? "" })),
  };
}

const paths = [...PROCEDURES].flatMap(([path, { meta }]) =>
  meta.guard === "public" || meta.guard === "operator" || ENDS_THE_CALLER.test(path) ? [] : [path],
);

const HOSTILE = [
  "",
  " ",
  "\u0000",
  "' OR 1=1 --",
  "%",
  "{}",
  "../..",
  "x".repeat(3_000),
  "\ud800",
  "🙂",
  "null",
];
const hostile = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE, null, 7, -1, true, [], {}),
  fc.string({ maxLength: 40 }),
);

interface Plan {
  path: string;
  caller: number;
  /** Whose address is named, whose things are. */
  tenant: number;
  things: number;
  /** Per field, in the order of the template: keep it, put in an id of either side, or something hostile. */
  twists: { kind: "keep" | "id" | "hostile"; place: number; text: unknown }[];
}

const place = fc.nat({ max: 10_000 });
const plan: fc.Arbitrary<Plan> = fc.record({
  path: fc.constantFrom(...paths),
  caller: place,
  tenant: place,
  things: place,
  twists: fc.array(
    fc.record({ kind: fc.constantFrom("keep", "keep", "id", "hostile"), place, text: hostile }),
    { minLength: 8, maxLength: 8 },
  ),
});

const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length] as Item;

function inputOf({ path, things, twists }: Plan): unknown {
  const template = SWEEP[path]?.input?.(pick(sides, things).ids);
  if (template === undefined) return undefined;
  const ids = sides.flatMap((side) => [
    side.id,
    ...Object.values(side.ids),
    ...side.people.map(({ id }) => id),
  ]);
  const fields = Object.entries(template).map(([name, value], index) => {
    const twist = pick(twists, index);
    if (twist.kind === "hostile") return [name, twist.text];
    const isName = /Id$|^(before|around|cursor|tenant)$/.test(name) && name !== "clientMessageId";
    return [name, twist.kind === "id" && isName ? pick(ids, twist.place) : value];
  });
  return Object.fromEntries(fields);
}

async function answerTo(planned: Plan, caller: Caller): Promise<string> {
  const slugs = [...sides.map(({ slug }) => slug), "no-such-place"];
  const { side: _side, ...credentials } = caller;
  const { api } = callAs({ ...credentials, tenantSlug: pick(slugs, planned.tenant) });
  const answered = callPath(api, planned.path, inputOf(planned)).catch((error: unknown) => {
    const { message, code, cause } = error as { message: string; code?: string; cause?: unknown };
    expect(code, `${planned.path}: ${message}`).not.toBe("INTERNAL_SERVER_ERROR");
    return { message, code, cause };
  });
  // A run that is waiting sends nothing.
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS, "nothing yet"));
  return JSON.stringify(await Promise.race([answered, late])) ?? "";
}

function secretsOf(side: Side): string[] {
  const { conversationId, userMessageId, assistantMessageId, runId, deletedConversationId } = side.ids;
  const ids = [conversationId, userMessageId, assistantMessageId, runId, deletedConversationId];
  return [side.canary, side.id, ...ids, ...side.people.flatMap(({ id, email }) => [id, email])];
}

test("no answer shows anything of a workspace that the caller does not belong to", async () => {
  console.log(`fuzz: FUZZ_SEED=${SEED}`);
  const endsAt = performance.now() + TIME_MS;
  for (const planned of fc.sample(plan, { seed: SEED, numRuns: CALLS })) {
    if (made >= CALLS_MIN && performance.now() > endsAt) break;
    const caller = pick(callers, planned.caller);
    const answer = await answerTo(planned, caller);
    made += 1;
    // Who moves a workspace to another address leaves the rest of the calls standing before a closed door.
    if (planned.path === "tenants.changeSlug") for (const side of sides) side.slug = await slugOf(side);
    for (const [side, other] of sides.entries()) {
      if (caller.side === side) continue;
      for (const secret of secretsOf(other)) {
        expect(answer, `FUZZ_SEED=${SEED}, call ${made}: ${JSON.stringify(planned)}`).not.toContain(secret);
      }
    }
  }
  expect(made).toBeGreaterThanOrEqual(CALLS_MIN);
});

const COLUMNS = `
  SELECT c.table_name AS name, bool_or(c.column_name = 'id') AS has_id FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
   WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
   GROUP BY c.table_name HAVING bool_or(c.column_name = 'tenant_id')`;
const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

interface StoredRow {
  table: string;
  tenant: string;
  id: string | null;
  text: string;
}

async function storedRows(): Promise<StoredRow[]> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string; has_id: boolean }>(COLUMNS);
    const rows: StoredRow[] = [];
    for (const { name, has_id } of tables) {
      const id = has_id ? "t.id::text" : "NULL";
      const sql = `SELECT t.tenant_id::text AS tenant, ${id} AS id, row_to_json(t)::text AS text FROM ${name} t WHERE t.tenant_id = ANY ($1::uuid[])`;
      const found = await client.query<Omit<StoredRow, "table">>(sql, [sides.map((side) => side.id)]);
      rows.push(...found.rows.map((row) => ({ table: name, ...row })));
    }
    return rows;
  } finally {
    await client.end();
  }
}

test("no row of one workspace names anything of the other", async () => {
  const rows = await storedRows();
  const owners = new Map(sides.flatMap((side) => side.people.map(({ id }) => [id, side.id] as const)));
  for (const side of sides) owners.set(side.id, side.id);
  for (const { id, tenant } of rows) if (id !== null) owners.set(id, tenant);
  expect(new Set(rows.map(({ tenant }) => tenant)).size).toBe(2);
  for (const { table, tenant, text } of rows) {
    const strangers = (text.match(UUIDS) ?? []).filter((id) => (owners.get(id) ?? tenant) !== tenant);
    expect(strangers, `FUZZ_SEED=${SEED}, ${table}: ${text.slice(0, 500)}`).toEqual([]);
    const other = sides.find(({ id }) => id !== tenant);
    expect(text.includes(other?.canary ?? ""), `FUZZ_SEED=${SEED}, ${table}`).toBe(false);
  }
});
