// Every procedure, called with things of others: by a stranger in the owner's tenant, by the neighbour in an own one, by a
// colleague, by a viewer, by someone unverified, by the neighbour's machine and by nobody. Each is refused as specified, and
// nothing changes.
import { beforeAll, expect, test } from "vitest";
import { tenantRights } from "../../server/machines/identity";
import { CATALOGUE } from "../../server/machines/terms";
import { type Permission, TEXT_FORBIDDEN } from "../../server/tenants/terms";
import { callAs } from "../factories/callers";
import { makeToken } from "../factories/machines";
import { certify } from "./certify";
import { fieldsOf } from "./fields";
import { callPath, digestOf, type Ground, makeGround, PROCEDURES } from "./ground";
import { SWEEP } from "./inputs";

let ground: Ground;
let untouched: string;
/** The bearer of a machine of the neighbour's, with every scope of chatting. */
let machine: string;

beforeAll(async () => {
  ground = await makeGround();
  const scopes = [...CATALOGUE["synthetic-monitor"].scopes];
  machine = (await makeToken(ground.neighbour, { account: "synthetic-monitor", scopes })).authorization;
  untouched = await digestOf();
});

const all = [...PROCEDURES].map(([path, facts]) => ({ path, ...facts, entry: SWEEP[path] }));
const members = all.filter(({ meta }) => meta.guard === "member");
const naming = all.filter(({ entry }) => entry?.isNaming);
const closed = all.filter(({ meta }) => meta.guard !== "public");

function inputOf(path: string): unknown {
  return SWEEP[path]?.input?.(ground.ids);
}

async function expectUntouched(): Promise<void> {
  expect(await digestOf()).toBe(untouched);
}

test("the sweep covers every procedure, and no other", () => {
  expect(Object.keys(SWEEP).sort()).toEqual([...PROCEDURES.keys()].sort());
});

/** Fields that end like a name of something and name nothing of a workspace. */
const NO_NAMES = new Set([
  "clientMessageId", // made by the client
  "agentId", // the product's
  "lastEventId", // a place in a stream
]);

const named = members.flatMap((procedure) =>
  fieldsOf(procedure.path)
    .map(({ path }) => String(path.at(-1)))
    .filter((field) => /Ids?$/.test(field) && !NO_NAMES.has(field))
    .map((field) => ({ ...procedure, field })),
);

test.each(named)("$path is tried with the owner's $field", ({ path, field, type, entry }) => {
  const value = (inputOf(path) as Record<string, unknown>)[field];
  expect(Object.values(ground.ids)).toEqual(expect.arrayContaining([value].flat()));
  // A reading may answer nothing instead of refusing; a change never does.
  if (type !== "query") expect(entry?.isNaming).toBe(true);
});

test.each(closed)("nobody reaches $path", async ({ path }) => {
  const { api } = callAs({ tenantSlug: ground.tenant.slug });
  await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expectUntouched();
});

test.each(members)("a stranger in the owner's tenant finds nothing at $path", async ({ path }) => {
  const { api } = callAs({ cookie: ground.stranger.cookie, tenantSlug: ground.tenant.slug });
  await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expectUntouched();
});

test.each(members)("an operator without a live grant finds nothing at $path", async ({ path }) => {
  const { api } = callAs({ cookie: ground.operator.cookie, tenantSlug: ground.tenant.slug });
  await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expectUntouched();
});

test.each(members)("$path is not found without a tenant and in one that does not exist", async ({ path }) => {
  for (const tenantSlug of [null, "no-such-tenant", "", "../x", ground.tenant.id]) {
    const { api } = callAs({ cookie: ground.owner.cookie, tenantSlug });
    await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  await expectUntouched();
});

test.each(naming)(
  "the neighbour and the colleague do not find the owner's things through $path",
  async ({ path }) => {
    const visitors = [{ cookie: ground.stranger.cookie, tenantSlug: ground.neighbour.slug }];
    if (!SWEEP[path]?.isShared) {
      visitors.push({ cookie: ground.colleague.cookie, tenantSlug: ground.tenant.slug });
    }
    for (const visitor of visitors) {
      await expect(callPath(callAs(visitor).api, path, inputOf(path))).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    }
    await expectUntouched();
  },
);

const forMachines = members.filter(({ meta }) => meta.isForMachines);
test.each(forMachines)(
  "the neighbour's machine finds nothing in the owner's tenant at $path",
  async ({ path }) => {
    const { api } = callAs({ authorization: machine, tenantSlug: ground.tenant.slug });
    await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expectUntouched();
  },
);

test.each(forMachines.filter(({ entry }) => entry?.isNaming))(
  "the neighbour's machine does not find the owner's things through $path",
  async ({ path, meta }) => {
    const mayAsk = tenantRights(CATALOGUE["synthetic-monitor"].scopes).permissions.has(
      meta.permission as Permission,
    );
    const code = mayAsk ? "NOT_FOUND" : "FORBIDDEN";
    const { api } = callAs({ authorization: machine });
    await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code });
    await expectUntouched();
  },
);

const operators = all.filter(({ meta }) => meta.guard === "operator");
test.each(operators)("somebody without a platform role may not use $path", async ({ path }) => {
  for (const { cookie } of [ground.owner, ground.colleague, ground.stranger]) {
    const { api } = callAs({ cookie, tenantSlug: ground.tenant.slug });
    await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: TEXT_FORBIDDEN,
    });
  }
  await expectUntouched();
});

const readings = all.filter(
  ({ type, entry, meta }) =>
    type === "query" && !entry?.isNaming && !["operator", "machine"].includes(meta.guard ?? ""),
);
test.each(readings)("$path tells neighbour and colleague nothing of the owner's", async ({ path, meta }) => {
  const visitors = [
    { cookie: ground.stranger.cookie, tenantSlug: ground.neighbour.slug, isColleague: false },
    { cookie: ground.colleague.cookie, tenantSlug: ground.tenant.slug, isColleague: true },
  ];
  for (const { isColleague, ...visitor } of visitors) {
    if (isColleague && SWEEP[path]?.isShared) continue;
    const answer = JSON.stringify(await callPath(callAs(visitor).api, path, inputOf(path)));
    const secrets = [...Object.values(ground.ids), "Owner's secret", ground.tenant.owner.email];
    if (!isColleague) secrets.push(ground.tenant.id, ground.tenant.slug);
    for (const secret of secrets) expect(answer ?? "", `${meta.guard} ${path}`).not.toContain(secret);
  }
});

const called = [...closed, ...naming, ...readings].map(({ path }) => path);
certify("procedures", () => new Set(called).size);

const writing = members.filter(({ meta }) => ["chat.write", "chat.delete"].includes(meta.permission ?? ""));
test.each(writing)("a viewer may not use $path", async ({ path }) => {
  const { api } = callAs({ cookie: ground.viewer.cookie, tenantSlug: ground.tenant.slug });
  await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expectUntouched();
});

const verified = all.filter(({ meta }) => ["member", "verified", "operator"].includes(meta.guard ?? ""));
test.each(verified)("someone unverified may not use $path", async ({ path }) => {
  const { api } = callAs({ cookie: ground.unverified.cookie, tenantSlug: ground.tenant.slug });
  await expect(callPath(api, path, inputOf(path))).rejects.toMatchObject({
    code: "FORBIDDEN",
    cause: { details: { reason: "email_unverified" } },
  });
  await expectUntouched();
});

test("an unverified person may ask who they are and end their sessions, and nothing else", () => {
  const forUsers = all.filter(({ meta }) => meta.guard === "user").map(({ path }) => path);
  expect(forUsers.sort()).toEqual(["auth.logoutAll", "auth.me"]);
});

// Last, and in this order: what the sweep refused to everybody else is what works for the owner.
const order = [
  // While the member is one: further down they are taken out.
  "limits.setMember",
  "limits.decide",
  "chat.stop",
  "chat.runEvents",
  "messages.list",
  "conversations.export",
  "conversations.setLeaf",
];
const own = [...naming].sort((left, right) => order.indexOf(right.path) - order.indexOf(left.path));
const conflicting = new Set([
  ...["chat.continue", "chat.retry", "chat.regenerate", "chat.edit"],
  ...["supportAccess.approve", "supportAccess.decline"],
]);
test.each(
  own.filter(
    ({ path, entry }) => !entry?.isHidden && !["conversations.delete", "sessions.revoke"].includes(path),
  ),
)("the owner may use $path", async ({ path }) => {
  const { api } = callAs({ cookie: ground.owner.cookie, tenantSlug: ground.tenant.slug });
  const outcome = await callPath(api, path, inputOf(path)).then(
    () => "done",
    (error: { code?: string }) => error.code,
  );
  // Once a run waits in the conversation, those that would start another one hear that; a request is decided once.
  expect(conflicting.has(path) ? ["done", "CONFLICT"] : ["done"]).toContain(outcome);
});
