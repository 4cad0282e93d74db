import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { verifyExport } from "../audit/export";
import { recordAudit } from "../audit/log";
import { withTenant } from "../platform/tenant-db";

async function logInto(tenant: TestTenant, count: number): Promise<void> {
  await withTenant(tenant.scope, async (db) => {
    for (let index = 0; index < count; index += 1) {
      await recordAudit(db, {
        tenantId: tenant.scope.tenantId,
        actor: { type: "user", id: tenant.owner.id },
        action: index % 2 === 0 ? "test.even" : "test.odd",
        category: "tenant",
        metadata: { index },
        request: tenant.scope.request,
      });
    }
  });
}

async function callerOf(tenant: { slug: string }, user: Parameters<typeof signIn>[0]) {
  const { cookie } = await signIn(user);
  return () => callAs({ cookie, tenantSlug: tenant.slug }).api;
}

test("who may read the log sees the workspace's rows by name, in pages that join without gap or double", async () => {
  const tenant = await makeTenant({ owner: await makeUser({ displayName: "Ada Lovelace" }) });
  await logInto(await makeTenant(), 3);
  await logInto(tenant, 25);
  const { user: admin } = await addMember(tenant, "admin");
  const caller = await callerOf(tenant, admin);
  const seqs: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await caller().tenants.auditLog({ limit: 10, cursor });
    for (const item of page.items) {
      expect(item).toMatchObject({ actorName: "Ada Lovelace", actorId: tenant.owner.id });
      seqs.push(item.seq);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seqs).toEqual(Array.from({ length: 26 }, (_, index) => String(26 - index)));
});

test("filters by person, action and period narrow the log", async () => {
  const tenant = await makeTenant();
  await logInto(tenant, 6);
  const caller = await callerOf(tenant, tenant.owner);
  const count = async (query: object) => (await caller().tenants.auditLog(query)).items.length;
  expect(await count({ action: "test." })).toBe(6);
  expect(await count({ action: "test.odd" })).toBe(3);
  expect(await count({ actor: tenant.owner.id })).toBe(7);
  expect(await count({ actor: "nobody" })).toBe(0);
  const today = new Date().toISOString().slice(0, 10);
  expect(await count({ from: today, to: today })).toBe(7);
  expect(await count({ to: "2020-01-01" })).toBe(0);
  expect(await caller().tenants.auditActors()).toMatchObject([{ id: tenant.owner.id }]);
});

test("the export is the whole chain, holds in the offline verifier, and tells of itself in the log", async () => {
  const tenant = await makeTenant();
  await logInto(tenant, 12);
  const caller = await callerOf(tenant, tenant.owner);
  let { content, nextCursor } = await caller().tenants.exportAudit({});
  while (nextCursor !== null) {
    const next = await caller().tenants.exportAudit({ cursor: nextCursor });
    content += next.content;
    nextCursor = next.nextCursor;
  }
  expect(verifyExport(content)).toMatchObject([{ rowCount: 14, gaps: 0, fault: null }]);
  expect(verifyExport(content.replace("test.even", "test.oven"))[0]?.fault).not.toBeNull();
  const { items } = await caller().tenants.auditLog({ action: "audit.export" });
  expect(items).toHaveLength(1);
});

test("an operator's deeds are seen, where they sat is not, and the file holds all the same", async () => {
  const tenant = await makeTenant();
  const operator = await makeUser({ displayName: "Olga Operator" });
  await withTenant(tenant.scope, (db) =>
    recordAudit(db, {
      tenantId: tenant.scope.tenantId,
      actor: { type: "operator", id: operator.id },
      action: "support.read",
      category: "tenant",
      request: { id: "r", ip: "203.0.113.7", userAgent: "Operator's browser" },
    }),
  );
  const caller = await callerOf(tenant, tenant.owner);
  const { items } = await caller().tenants.auditLog({ action: "support." });
  expect(items).toMatchObject([
    { actorType: "operator", actorId: null, actorName: null, ip: null, userAgent: null },
  ]);
  const { content } = await caller().tenants.exportAudit({});
  expect(content).not.toContain("203.0.113.7");
  expect(verifyExport(content)).toMatchObject([{ fault: null }]);
});

test("members and viewers may not read the log, and ten exports an hour are all there are", async () => {
  const tenant = await makeTenant();
  for (const role of ["member", "viewer"] as const) {
    const { user } = await addMember(tenant, role);
    const caller = await callerOf(tenant, user);
    await expect(caller().tenants.auditLog({})).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(caller().tenants.exportAudit({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
  const caller = await callerOf(tenant, tenant.owner);
  const tries = await Promise.allSettled(Array.from({ length: 14 }, () => caller().tenants.exportAudit({})));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
});
