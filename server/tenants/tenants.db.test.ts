import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { addMember, makeTenant, scopeOf } from "../../tests/factories/tenants";
import { makeUser, signIn, type TestUser } from "../../tests/factories/users";
import { db, platformDb, pool } from "../platform/db";
import { withTenant, withUser } from "../platform/tenant-db";
import { slugOf } from "./tenants";
import { OWNED_TENANTS_MAX, PERMISSIONS, ROLE_PERMISSIONS, SLUG, TENANT_ROLES } from "./terms";

test("a name becomes a slug that fits an address, in any script", () => {
  const cases = [
    ["Acme Works", "acme-works"],
    ["  Ünïcode & Söhne GmbH! ", "unicode-sohne-gmbh"],
    ["漢字", "workspace"],
    ["../../etc/passwd", "etc-passwd"],
    ["---", "workspace"],
    [`${"long ".repeat(20)}`, "long-long-long-long-long-long-long-long-long-lon"],
  ] as const;
  for (const [name, slug] of cases) {
    expect(slugOf(name)).toBe(slug);
    expect(slug).toMatch(SLUG);
  }
});

test("twenty people who name their workspace alike at once each get one", async () => {
  const people: TestUser[] = [];
  for (let person = 0; person < 20; person += 1) people.push(await makeUser());
  const tenants = await Promise.all(people.map((owner) => makeTenant({ owner, name: "Same Name" })));
  const slugs = tenants.map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(20);
  expect(slugs).toContain("same-name");
  for (const slug of slugs) expect(slug).toMatch(SLUG);
});

test("who creates a workspace owns it, finds it in the list, and the tenant's log tells of it", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const created = await callAs({ cookie }).api.tenants.create({ name: "Quiet Harbor" });
  const { memberships } = await callAs({ cookie }).api.auth.me();
  expect(memberships).toEqual([{ tenant: created, role: "owner" }]);
  expect(await callAs({ cookie }).api.tenants.list()).toEqual(memberships);
  const scope = await scopeOf(user, created);
  const [row] = await withTenant(scope, (tx) => tx.auditLog.findMany());
  expect(row).toMatchObject({ action: "tenant.create", actorId: user.id, targetId: created.id, seq: 1n });
});

test("a scope tells the member's role and what it may; strangers and nonsense find nothing", async () => {
  const tenant = await makeTenant();
  const { user, scope } = await addMember(tenant, "viewer");
  expect(scope).toMatchObject({ tenantId: tenant.id, userId: user.id, role: "viewer" });
  expect(scope.permissions.has("chat.write")).toBe(false);
  const stranger = await makeUser();
  for (const slug of [tenant.slug, "no-such-place", "", "\u0000", "a".repeat(500), "' OR 1=1", tenant.id]) {
    await expect(scopeOf(stranger, { slug })).rejects.toMatchObject({ code: "not_found" });
  }
  await expect(scopeOf(user, { slug: tenant.slug.toUpperCase() })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a removed member is a stranger from the next request on", async () => {
  const tenant = await makeTenant();
  const { user } = await addMember(tenant);
  const membership = { tenantId_userId: { tenantId: tenant.id, userId: user.id } };
  await withTenant(tenant.scope, (tx) => tx.tenantMember.delete({ where: membership }));
  await expect(scopeOf(user, tenant)).rejects.toMatchObject({ code: "not_found" });
});

test("higher roles may all that lower ones may, and only owners transfer or delete", () => {
  const [owner, admin, member, viewer] = TENANT_ROLES.map((role) => ROLE_PERMISSIONS[role]);
  expect([...(owner ?? [])].sort()).toEqual([...PERMISSIONS].sort());
  for (const permission of viewer ?? []) expect(member?.has(permission)).toBe(true);
  for (const permission of member ?? []) expect(admin?.has(permission)).toBe(true);
  expect(admin?.has("tenant.delete")).toBe(false);
  expect(member?.has("billing.manage")).toBe(false);
});

test("inside a tenant's transaction the neighbour's rows do not exist, and cannot be made", async () => {
  const [home, neighbour] = [await makeTenant(), await makeTenant()];
  const seen = await withTenant(home.scope, async (tx) => ({
    tenants: await tx.tenant.findMany(),
    members: await tx.tenantMember.findMany(),
    raw: await tx.$queryRaw<unknown[]>`SELECT * FROM tenant_members WHERE tenant_id = ${neighbour.id}::uuid`,
    renamed: await tx.tenant.updateMany({ where: { id: neighbour.id }, data: { name: "Taken" } }),
    removed: await tx.tenantMember.deleteMany({ where: { tenantId: neighbour.id } }),
  }));
  expect(seen.tenants.map(({ id }) => id)).toEqual([home.id]);
  expect(seen.members.map(({ tenantId }) => tenantId)).toEqual([home.id]);
  expect(seen).toMatchObject({ raw: [], renamed: { count: 0 }, removed: { count: 0 } });
  const intrusion = withTenant(home.scope, (tx) =>
    tx.tenantMember.create({ data: { tenantId: neighbour.id, userId: home.owner.id, role: "owner" } }),
  );
  await expect(intrusion).rejects.toThrow(/row-level security/);
});

test("a person sees own memberships and no other's; without a person there is nothing", async () => {
  const [home, neighbour] = [await makeTenant(), await makeTenant()];
  const own = await withUser(home.owner.id, (tx) => tx.tenantMember.findMany());
  expect(own.map(({ tenantId }) => tenantId)).toEqual([home.id]);
  const foreign = await withUser(home.owner.id, (tx) => tx.tenant.findMany({ where: { id: neighbour.id } }));
  expect(foreign).toEqual([]);
  expect(await db().tenant.count()).toBe(0);
  const { rows } = await pool().query("SELECT count(*)::int AS seen FROM tenant_members");
  expect(rows).toEqual([{ seen: 0 }]);
});

test("nobody owns more workspaces than the limit, also when asking for many at once", async () => {
  const user = await makeUser();
  for (let made = 0; made < OWNED_TENANTS_MAX - 1; made += 1) await makeTenant({ owner: user });
  const { cookie } = await signIn(user);
  const tries = Array.from({ length: 4 }, () => callAs({ cookie }).api.tenants.create({ name: "One More" }));
  const results = await Promise.allSettled(tries);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const owned = await platformDb().tenantMember.count({ where: { userId: user.id } });
  expect(owned).toBe(OWNED_TENANTS_MAX);
});

test("names with invisible or broken text are refused with the reason at the field", async () => {
  const { cookie } = await signIn(await makeUser());
  for (const name of ["", "   ", "a\u0000b", "\ud800", "x\u202egnp.exe", "n".repeat(81)]) {
    const error = await callAs({ cookie })
      .api.tenants.create({ name })
      .catch((thrown: unknown) => thrown);
    expect(error, JSON.stringify(name)).toMatchObject({
      code: "BAD_REQUEST",
      cause: { details: { fields: { name: expect.any(String) } } },
    });
  }
});
