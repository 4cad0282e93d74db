import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { converse } from "../../tests/factories/messages";
import { makeOperator, type Operator } from "../../tests/factories/operators";
import { makeGrant, makeRequest } from "../../tests/factories/support-access";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn, type TestUser } from "../../tests/factories/users";
import { keepStanding } from "../auth/session/standing";
import { createContext, recheckMember, recheckOf } from "../context";
import { travel } from "../platform/clock";
import { platformDb } from "../platform/db";
import { listOutbox } from "../platform/outbox";
import { erasePersonOf } from "../platform/personal-data";
import { internalRequest } from "../request";
import { personalData } from "./personal-data";
import {
  SUPPORT_REQUESTS_PER_DAY_MAX,
  TEXT_ASKED_ALREADY,
  TEXT_ASKED_TOO_OFTEN,
  TEXT_DECIDED_ALREADY,
  TEXT_NOT_LIVE,
  TEXT_READ_ONLY,
} from "./terms";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const reason = "The customer wrote to us";

afterEach(() => travel(0));

async function as(person: TestUser, tenant: TestTenant) {
  const { cookie } = await signIn(person);
  return callAs({ cookie, tenantSlug: tenant.slug }).api.supportAccess;
}

function under(operator: Operator, tenant: { slug: string }) {
  return callAs({ cookie: operator.cookie, tenantSlug: tenant.slug }).api;
}

async function trail(tenant: TestTenant, actorId: string) {
  const rows = await platformDb().auditLog.findMany({
    where: { tenantId: tenant.id, actorId },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ action, actorType, targetId, result }) => ({ action, actorType, targetId, result }));
}

function expireAt({ id: tenantId }: TestTenant, { grantId, at }: { grantId: string; at: Date }) {
  const where = { tenantId_id: { tenantId, id: grantId } };
  return platformDb().supportGrant.update({ where, data: { expiresAt: at } });
}

const outcomesOf = async (work: Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map((settled) =>
    settled.status === "fulfilled" ? "done" : (settled.reason as { code: string }).code,
  );

test("a question reaches owners and admins by mail, waits in the workspace, and stands in its log", async () => {
  const tenant = await makeTenant({ name: "Quiet Meadow" });
  const { user: admin } = await addMember(tenant, "admin");
  const { user: member } = await addMember(tenant, "member");
  const operator = await makeOperator("support");
  const asked = { tenant: tenant.slug, reason, scope: "content" as const, hours: 4 };
  const { grantId } = await under(operator, tenant).supportAccess.ask(asked);
  for (const person of [tenant.owner, admin]) {
    const [mail] = await listOutbox(person.email);
    expect(mail).toMatchObject({ template: "support_access_asked" });
  }
  expect((await listOutbox(member.email)).map(({ template }) => template)).not.toContain(
    "support_access_asked",
  );
  const { items } = await (await as(admin, tenant)).list();
  expect(items).toMatchObject([
    {
      grantId,
      operatorName: "Olga Operator",
      reason,
      wantedScope: "content",
      wantedHours: 4,
      state: "pending",
    },
  ]);
  expect(await trail(tenant, operator.user.id)).toEqual([
    { action: "support_access.ask", actorType: "operator", targetId: grantId, result: "success" },
  ]);
  await expect(under(operator, tenant).tenants.list()).resolves.toEqual([]);
  await expect(under(operator, tenant).supportAccess.live()).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a workspace is asked by its id too, unknown ones are refused at the field, and one question waits at a time", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const { ask } = under(operator, tenant).supportAccess;
  await expect(ask({ tenant: "no-such-place", reason })).rejects.toMatchObject({
    cause: { code: "invalid", details: { fields: { tenant: expect.any(String) } } },
  });
  await expect(ask({ tenant: tenant.slug, reason: "please" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(ask({ tenant: tenant.slug, reason, hours: 25 })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  const many = Array.from({ length: 20 }, () => ask({ tenant: tenant.id, reason }));
  const outcomes = await outcomesOf(many);
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "CONFLICT")).toHaveLength(19);
  await expect(ask({ tenant: tenant.id, reason })).rejects.toMatchObject({ message: TEXT_ASKED_ALREADY });
  expect(
    (await listOutbox(tenant.owner.email)).filter((m) => m.template === "support_access_asked"),
  ).toHaveLength(1);
});

test("asking and taking back over and over ends somewhere, and the last question mails nobody", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const { ask, withdraw } = under(operator, tenant).supportAccess;
  for (let turn = 0; turn < SUPPORT_REQUESTS_PER_DAY_MAX; turn += 1) {
    await withdraw(await ask({ tenant: tenant.slug, reason }));
  }
  await expect(ask({ tenant: tenant.slug, reason })).rejects.toMatchObject({ message: TEXT_ASKED_TOO_OFTEN });
  const mails = (await listOutbox(tenant.owner.email)).filter((m) => m.template === "support_access_asked");
  expect(mails).toHaveLength(SUPPORT_REQUESTS_PER_DAY_MAX);
});

test("people without the platform role cannot ask, and members without the right cannot decide", async () => {
  const tenant = await makeTenant();
  const billing = await makeOperator("billing_admin");
  const { user: member } = await addMember(tenant, "member");
  for (const { cookie } of [billing, await signIn(member)]) {
    const { api } = callAs({ cookie, tenantSlug: tenant.slug });
    await expect(api.supportAccess.ask({ tenant: tenant.slug, reason })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  }
  const grantId = await makeRequest(tenant, await makeOperator());
  const api = await as(member, tenant);
  const outcomes = await outcomesOf([
    api.approve({ grantId, scope: "metadata", hours: 1 }),
    api.decline({ grantId }),
    api.end({ grantId }),
    api.list(),
  ]);
  expect(new Set(outcomes)).toEqual(new Set(["FORBIDDEN"]));
});

test("an admin grants less than was asked for, never more", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const api = await as(tenant.owner, tenant);
  const modest = await makeRequest(tenant, operator, { scope: "metadata", hours: 1 });
  await expect(api.approve({ grantId: modest, scope: "content", hours: 4 })).rejects.toMatchObject({
    cause: { details: { fields: { scope: expect.any(String), hours: expect.any(String) } } },
  });
  await api.decline({ grantId: modest });
  const bold = await makeRequest(tenant, operator, { scope: "content", hours: 24 });
  await api.approve({ grantId: bold, scope: "metadata", hours: 1 });
  const { items } = await api.live();
  expect(items).toMatchObject([
    { grantId: bold, scope: "metadata", operatorName: "Olga Operator", isOwn: false },
  ]);
  expect(new Date(items[0]?.until ?? 0).getTime() - Date.now()).toBeLessThanOrEqual(HOUR_MS);
  const templates = (await listOutbox(operator.user.email)).map(({ template }) => template);
  expect(templates).toEqual(expect.arrayContaining(["support_access_approved", "support_access_declined"]));
});

test("of thirty decisions at once one counts", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const grantId = await makeRequest(tenant, operator);
  const api = await as(tenant.owner, tenant);
  const outcomes = await outcomesOf(
    Array.from({ length: 30 }, (_, turn) =>
      turn % 2 === 0 ? api.approve({ grantId, scope: "metadata", hours: 1 }) : api.decline({ grantId }),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "CONFLICT")).toHaveLength(29);
  await expect(api.decline({ grantId })).rejects.toMatchObject({ message: TEXT_DECIDED_ALREADY });
});

test("the neighbour finds neither request nor grant", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const operator = await makeOperator();
  const pending = await makeRequest(tenant, operator);
  const api = await as(neighbour.owner, neighbour);
  const outcomes = await outcomesOf([
    api.approve({ grantId: pending, scope: "metadata", hours: 1 }),
    api.decline({ grantId: pending }),
    api.end({ grantId: pending }),
  ]);
  expect(new Set(outcomes)).toEqual(new Set(["NOT_FOUND"]));
  expect(await api.list()).toEqual({ items: [] });
  await makeGrant(neighbour, operator);
  await expect(under(operator, tenant).supportAccess.live()).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("under a grant an operator reads what it says and changes nothing, and the workspace's log tells each step", async () => {
  const tenant = await makeTenant();
  const conversationId = await makeConversation(tenant.scope, { title: "Owner's secret plan" });
  await converse(tenant.scope, conversationId, "Owner's secret question", { text: "Owner's secret answer" });
  const operator = await makeOperator("support");
  const grantId = await makeGrant(tenant, operator);
  const api = under(operator, tenant);

  const masked = [
    await api.supportAccess.conversations(),
    await api.supportAccess.messages({ conversationId }),
    await api.supportAccess.live(),
  ];
  expect(JSON.stringify(masked)).not.toContain("secret");
  expect(masked[0]).toMatchObject({
    scope: "metadata",
    items: [{ id: conversationId, title: null, messageCount: 2 }],
  });
  expect(masked[1]).toMatchObject({
    items: [{ role: "user", text: null, lengthCharacters: 23 }, { text: null }],
  });
  expect(masked[2]).toMatchObject({ items: [{ grantId, isOwn: true }] });
  await expect(api.conversations.get({ conversationId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(api.conversations.rename({ conversationId, title: "Mine" })).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: TEXT_READ_ONLY,
  });
  await expect(api.supportAccess.end({ grantId })).rejects.toMatchObject({ message: TEXT_READ_ONLY });

  const steps = (await trail(tenant, operator.user.id)).slice(1);
  const step = (action: string, targetId: string, result = "success") => ({
    action,
    actorType: "operator",
    targetId,
    result,
  });
  expect(steps).toEqual([
    step("support_access.call", "supportAccess.conversations"),
    step("support_access.call", "supportAccess.messages"),
    step("support_access.read_conversation", conversationId),
    step("support_access.call", "supportAccess.live"),
    step("support_access.call", "conversations.get", "failure"),
    step("support_access.call", "conversations.rename", "failure"),
    step("support_access.call", "supportAccess.end", "failure"),
  ]);
});

test("message bodies are shown when the grant says content, page by page", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  await makeGrant(tenant, operator, { scope: "content" });
  const api = under(operator, tenant).supportAccess;
  for (let place = 0; place < 27; place += 1)
    await makeConversation(tenant.scope, { title: `Plan ${place}` });
  const conversationId = await makeConversation(tenant.scope, { title: "Owner's secret plan" });
  await converse(tenant.scope, conversationId, "Owner's secret question", { text: "Owner's secret answer" });
  expect(await api.messages({ conversationId })).toMatchObject({
    title: "Owner's secret plan",
    items: [{ text: "Owner's secret question" }, { text: "Owner's secret answer" }],
    nextCursor: null,
  });
  const first = await api.conversations();
  const second = await api.conversations({ cursor: first.nextCursor ?? "" });
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([25, 3, null]);
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(28);
});

test("an access that ended, ran out or whose operator lost the role finds nothing from the next request on", async () => {
  const tenant = await makeTenant();
  const owner = await as(tenant.owner, tenant);
  const gone = (operator: Operator) =>
    expect(under(operator, tenant).supportAccess.live()).rejects.toMatchObject({ code: "NOT_FOUND" });

  const ended = await makeOperator();
  const grantId = await makeGrant(tenant, ended);
  await owner.end({ grantId });
  await gone(ended);
  await expect(owner.end({ grantId })).rejects.toMatchObject({ message: TEXT_NOT_LIVE });

  const left = await makeOperator("support");
  const leftId = await makeGrant(tenant, left);
  await under(left, tenant).supportAccess.withdraw({ grantId: leftId });
  await gone(left);
  await expect(under(ended, tenant).supportAccess.withdraw({ grantId: leftId })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });

  const demoted = await makeOperator("support");
  await makeGrant(tenant, demoted);
  await platformDb().user.update({ where: { id: demoted.user.id }, data: { platformRole: "billing_admin" } });
  await gone(demoted);

  const parted = await makeTenant();
  const mourner = await makeOperator();
  await makeGrant(parted, mourner);
  await platformDb().tenant.update({ where: { id: parted.id }, data: { deletedAt: new Date() } });
  await expect(under(mourner, parted).supportAccess.live()).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(makeRequest(parted, mourner)).rejects.toMatchObject({ code: "invalid" });

  const late = await makeOperator();
  const lateId = await makeGrant(tenant, late);
  // Travelling an hour would end the operator's session first.
  await expireAt(tenant, { grantId: lateId, at: new Date() });
  await gone(late);
  const { items } = await owner.live();
  expect(items).toHaveLength(1);
});

test("a question that nobody answered for a week cannot be approved, and may be asked again", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const grantId = await makeRequest(tenant, operator);
  travel(7 * DAY_MS + 1_000);
  const { scope } = tenant;
  const { approveGrant, listGrants } = await import("./grants");
  await expect(approveGrant(scope, { grantId, scope: "metadata", hours: 1 })).rejects.toMatchObject({
    code: "conflict",
  });
  expect((await listGrants(scope)).items).toMatchObject([{ grantId, state: "lapsed" }]);
  await expect(makeRequest(tenant, operator)).resolves.not.toBe(grantId);
});

test("a second approval of the same operator replaces the first", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  await makeGrant(tenant, operator, { scope: "metadata" });
  const wider = await makeGrant(tenant, operator, { scope: "content" });
  const { items } = await under(operator, tenant).supportAccess.live();
  expect(items).toMatchObject([{ grantId: wider, scope: "content" }]);
});

test("an access that had run out is not said to have been ended by whoever approves the next one", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const first = await makeGrant(tenant, operator);
  await expireAt(tenant, { grantId: first, at: new Date(Date.now() - 60_000) });
  await makeGrant(tenant, operator);
  const { items } = await (await as(tenant.owner, tenant)).list();
  expect(items).toMatchObject([
    { state: "live" },
    { grantId: first, state: "expired", endedAt: null, endedBy: null },
  ]);
});

test("an open stream of an operator ends as the access does, by hand and by time, before it would ask by itself", async () => {
  const tenant = await makeTenant();
  const owner = await as(tenant.owner, tenant);
  for (const end of ["by hand", "by time"]) {
    const operator = await makeOperator();
    const grantId = await makeGrant(tenant, operator);
    if (end === "by time") {
      await expireAt(tenant, { grantId, at: new Date(Date.now() + 1_500) });
    }
    const ctx = await createContext({ cookie: operator.cookie, tenantSlug: tenant.slug }, internalRequest());
    const scope = await recheckMember(ctx, "tenant.read");
    const { enterUnderGrant } = await import("./scope");
    await enterUnderGrant(scope, {
      procedure: "test.stream",
      permission: "tenant.read",
      type: "subscription",
    });
    const ending = new AbortController();
    const standing = keepStanding(scope.userId, ending, recheckOf(ctx, scope, "tenant.read"));
    const ended = new Promise<void>((resolve) => ending.signal.addEventListener("abort", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 400));
    const dueAt = end === "by hand" ? Date.now() : (scope.grantEndsAt?.getTime() ?? 0);
    if (end === "by hand") await owner.end({ grantId });
    await ended;
    // It would ask by itself after four seconds.
    expect(Date.now() - dueAt, end).toBeLessThan(3_500);
    expect(standing.refusal()).toMatchObject({ code: "not_found" });
  }
});

test("the name of an operator who is erased leaves, and what was open ends", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  await makeGrant(tenant, operator);
  const { id, email } = operator.user;
  await erasePersonOf(personalData, { id, email, addresses: [email], accountKey: "none" });
  const { items } = await (await as(tenant.owner, tenant)).list();
  expect(items).toMatchObject([{ operatorId: null, operatorName: "Somebody who left", state: "ended" }]);
});

test("a member who is an operator too comes as a member", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  await addMember(tenant, "member", operator.user);
  await makeGrant(tenant, operator);
  const { conversationId } = await under(operator, tenant).conversations.create({});
  expect(conversationId).toBeDefined();
  const person = await makeUser();
  await expect(scopeless(person)).rejects.toMatchObject({ code: "NOT_FOUND" });
  async function scopeless(somebody: TestUser) {
    return (await as(somebody, tenant)).live();
  }
});
