import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { platformDb } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { refusalOf } from "../refusals";
import type { UpdateSettings } from "./contract";
import { TEXT_FORBIDDEN } from "./terms";

afterEach(() => travel(0));

async function adminOf(tenant: TestTenant) {
  const { user } = await addMember(tenant, "admin");
  return callerFor(tenant, await signIn(user));
}

function callerFor(tenant: { slug: string }, { cookie }: { cookie: string }) {
  return () => callAs({ cookie, tenantSlug: tenant.slug }).api;
}

const entriesOf = (tenant: TestTenant, action: string) =>
  withTenant(tenant.scope, (tx) => tx.auditLog.findMany({ where: { action }, orderBy: { seq: "asc" } }));

test("a workspace that was never set has everything as usual", async () => {
  const tenant = await makeTenant({ name: "Acme" });
  const admin = await adminOf(tenant);
  expect(await admin().tenants.settings()).toEqual({
    ...{ version: 1, name: "Acme", slug: tenant.slug, formerSlugs: [] },
    ...{ billingContacts: [], billingWebhookUrl: null, planMetadata: {}, retentionDays: null },
    ...{ defaultAgent: null, defaultModel: null },
    features: { webSearch: true, conversationSearch: true, conversationExport: true },
  });
});

test("what is saved is kept, what is not named stays, and the log says what was before", async () => {
  const tenant = await makeTenant({ name: "Acme" });
  const admin = await adminOf(tenant);
  await admin().tenants.update({
    version: 1,
    name: "Acme Works",
    billingContacts: ["Bills@acme.com", "bills@acme.com"],
    billingWebhookUrl: "https://hooks.acme.com/parley",
    planMetadata: { "Purchase order": "4711" },
    features: { webSearch: false },
  });
  const saved = await admin().tenants.update({ version: 2, retentionDays: 90 });
  expect(saved).toMatchObject({
    version: 3,
    name: "Acme Works",
    billingContacts: ["bills@acme.com"],
    billingWebhookUrl: "https://hooks.acme.com/parley",
    planMetadata: { "Purchase order": "4711" },
    retentionDays: 90,
    features: { webSearch: false, conversationExport: true },
  });
  expect(await admin().tenants.settings()).toEqual(saved);
  const [first, second, ...more] = await entriesOf(tenant, "tenant.update");
  expect(first?.metadata).toMatchObject({
    nameBefore: "Acme",
    name: "Acme Works",
    "feature.webSearch": false,
  });
  expect(second?.metadata).toEqual({ retentionDaysBefore: null, retentionDays: 90 });
  expect(more).toEqual([]);
});

test("of thirty who save what they read at the same time one wins, and the others hear it", async () => {
  const tenant = await makeTenant();
  const admin = await adminOf(tenant);
  const tries = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) => admin().tenants.update({ version: 1, name: `Name ${index}` })),
  );
  const refused = tries.filter((outcome) => outcome.status === "rejected");
  expect(refused).toHaveLength(29);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: "CONFLICT", cause: { details: { reason: "version_conflict" } } });
  }
  expect((await admin().tenants.settings()).version).toBe(2);
  expect(await entriesOf(tenant, "tenant.update")).toHaveLength(1);
});

test("saving what is there already writes no row in the log", async () => {
  const tenant = await makeTenant({ name: "Acme" });
  const admin = await adminOf(tenant);
  await admin().tenants.update({ version: 1, name: "Acme", retentionDays: null });
  expect(await entriesOf(tenant, "tenant.update")).toEqual([]);
});

test("addresses inside a network, wrong contacts and too long a retention are refused at their fields", async () => {
  const tenant = await makeTenant();
  const admin = await adminOf(tenant);
  const cases: { change: Omit<UpdateSettings, "version">; field: string }[] = [
    { change: { billingWebhookUrl: "https://169.254.169.254/" }, field: "billingWebhookUrl" },
    { change: { billingWebhookUrl: "http://hooks.acme.com/" }, field: "billingWebhookUrl" },
    { change: { billingContacts: ["nobody"] }, field: "billingContacts.0" },
    { change: { retentionDays: 0 }, field: "retentionDays" },
    { change: { retentionDays: 3_651 }, field: "retentionDays" },
    { change: { name: "" }, field: "name" },
  ];
  for (const { change, field } of cases) {
    const refusal = await admin()
      .tenants.update({ version: 1, ...change })
      .catch((error: unknown) => refusalOf(error));
    expect(refusal, field).toMatchObject({
      code: "invalid",
      details: { fields: { [field]: expect.any(String) } },
    });
  }
  expect((await admin().tenants.settings()).version).toBe(1);
});

test("members and viewers read what shapes their work, and neither see nor change the rest", async () => {
  const tenant = await makeTenant();
  for (const role of ["member", "viewer"] as const) {
    const { user } = await addMember(tenant, role);
    const caller = callerFor(tenant, await signIn(user));
    expect(await caller().tenants.preferences()).toMatchObject({ features: { webSearch: true } });
    const refusal = { code: "FORBIDDEN", message: TEXT_FORBIDDEN };
    await expect(caller().tenants.settings()).rejects.toMatchObject(refusal);
    await expect(caller().tenants.update({ version: 1, name: "Mine" })).rejects.toMatchObject(refusal);
    await expect(caller().tenants.changeSlug({ slug: "mine" })).rejects.toMatchObject(refusal);
  }
});

test("a changed slug leads on, for members and with the new slug in hand; strangers find neither", async () => {
  const tenant = await makeTenant();
  const admin = await adminOf(tenant);
  const fresh = `moved-${tenant.id.slice(-12)}`;
  expect(await admin().tenants.changeSlug({ slug: fresh.toUpperCase() })).toEqual({ slug: fresh });
  const settings = await admin().tenants.settings();
  expect(settings).toMatchObject({ slug: fresh, formerSlugs: [{ slug: tenant.slug }] });
  const stranger = await signIn((await makeTenant()).owner);
  for (const slug of [tenant.slug, fresh]) {
    await expect(callerFor({ slug }, stranger)().tenants.settings()).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  }
  expect(await entriesOf(tenant, "tenant.change_slug")).toHaveLength(1);
  travel(30.1 * 86_400_000);
  await expect(admin().tenants.settings()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(await platformDb().tenantSlugHold.count({ where: { slug: tenant.slug } })).toBe(1);
});

test("a held slug is nobody else's: neither by change nor by a new workspace; its own may take it back", async () => {
  const [tenant, other] = [await makeTenant({ name: "Held Name" }), await makeTenant()];
  const [admin, rival] = [await adminOf(tenant), await adminOf(other)];
  const fresh = `moved-${tenant.id.slice(-12)}`;
  await admin().tenants.changeSlug({ slug: fresh });
  for (const slug of [tenant.slug, fresh]) {
    await expect(rival().tenants.changeSlug({ slug })).rejects.toMatchObject({
      code: "CONFLICT",
      cause: { details: { fields: { slug: "This address is taken." } } },
    });
  }
  expect((await makeTenant({ name: "Held Name" })).slug).not.toBe(tenant.slug);
  expect(await admin().tenants.changeSlug({ slug: tenant.slug })).toEqual({ slug: tenant.slug });
  expect((await admin().tenants.settings()).formerSlugs).toMatchObject([{ slug: fresh }]);
});

test("a slug that was let go can be taken once its time is over", async () => {
  const [tenant, other] = [await makeTenant(), await makeTenant()];
  const [admin, rival] = [await adminOf(tenant), await adminOf(other)];
  await admin().tenants.changeSlug({ slug: `moved-${tenant.id.slice(-12)}` });
  const past = new Date(Date.now() - 1_000);
  await platformDb().tenantSlugHold.updateMany({ where: { tenantId: tenant.id }, data: { heldUntil: past } });
  expect(await rival().tenants.changeSlug({ slug: tenant.slug })).toEqual({ slug: tenant.slug });
});

test("of twenty workspaces that want one slug, while its owner lets it go, none gets it", async () => {
  const tenant = await makeTenant();
  const admin = await adminOf(tenant);
  const rivals = [];
  for (let index = 0; index < 10; index += 1) rivals.push(await adminOf(await makeTenant()));
  const fresh = `moved-${tenant.id.slice(-12)}`;
  const tries = await Promise.allSettled([
    admin().tenants.changeSlug({ slug: fresh }),
    ...rivals.map((rival) => rival().tenants.changeSlug({ slug: tenant.slug })),
  ]);
  expect(tries.map(({ status }) => status)).toEqual(["fulfilled", ...rivals.map(() => "rejected")]);
  const wanted = `prize-${tenant.id.slice(-12)}`;
  const race = await Promise.allSettled(rivals.map((rival) => rival().tenants.changeSlug({ slug: wanted })));
  expect(race.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});
