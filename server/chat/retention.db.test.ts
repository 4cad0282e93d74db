import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation, readConversation } from "../../tests/factories/conversations";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { verifyChains } from "../audit/verify";
import { platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import { withTenant } from "../platform/tenant-db";
import { enforceRetention } from "./retention";
import { sendMessage } from "./start-run";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

test("what is past the workspace's days is deleted, with a row each; the rest, runs and neighbours stay", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const { scope: colleague } = await addMember(tenant);
  const old = await makeConversation(tenant.scope, { lastMessageAt: daysAgo(31) });
  const theirs = await makeConversation(colleague, { lastMessageAt: daysAgo(400), archivedAt: daysAgo(300) });
  const fresh = await makeConversation(tenant.scope, { lastMessageAt: daysAgo(29) });
  const busy = await makeConversation(tenant.scope);
  await sendMessage(tenant.scope, { conversationId: busy, text: "Go", clientMessageId: newId() });
  await platformDb().conversation.updateMany({ where: { id: busy }, data: { lastMessageAt: daysAgo(90) } });
  const elsewhere = await makeConversation(neighbour.scope, { lastMessageAt: daysAgo(400) });
  const owner = callAs({ cookie: (await signIn(tenant.owner)).cookie, tenantSlug: tenant.slug }).api;
  expect(await owner.tenants.previewRetention({ days: 30 })).toMatchObject({ count: 2 });
  await enforceRetention();
  expect((await readConversation(tenant.scope, old)).deletedAt).toBeNull();
  await owner.tenants.update({ version: 1, retentionDays: 30 });
  await Promise.all([enforceRetention(), enforceRetention()]);
  for (const id of [old, theirs]) expect((await readConversation(tenant.scope, id)).deletedAt).not.toBeNull();
  for (const id of [fresh, busy]) expect((await readConversation(tenant.scope, id)).deletedAt).toBeNull();
  expect((await readConversation(neighbour.scope, elsewhere)).deletedAt).toBeNull();
  const rows = await withTenant(tenant.scope, (tx) =>
    tx.auditLog.findMany({ where: { action: "conversation.delete" } }),
  );
  expect(rows.map(({ targetId }) => targetId).sort()).toEqual([old, theirs].sort());
  for (const { metadata } of rows) expect(metadata).toEqual({ reason: "retention", days: 30 });
  expect((await verifyChains(platformDb())).filter(({ fault }) => fault !== null)).toEqual([]);
});

test("a hundred and twenty old conversations go in batches, and none is left or counted twice", async () => {
  const tenant = await makeTenant();
  for (let index = 0; index < 120; index += 1) await makeConversation(tenant.scope);
  await platformDb().conversation.updateMany({
    where: { tenantId: tenant.id },
    data: { lastMessageAt: daysAgo(8) },
  });
  const owner = callAs({ cookie: (await signIn(tenant.owner)).cookie, tenantSlug: tenant.slug }).api;
  await owner.tenants.update({ version: 1, retentionDays: 7 });
  await enforceRetention();
  expect(await platformDb().conversation.count({ where: { tenantId: tenant.id, deletedAt: null } })).toBe(0);
  expect(
    await platformDb().auditLog.count({ where: { tenantId: tenant.id, action: "conversation.delete" } }),
  ).toBe(120);
});

test("new conversations begin as the workspace has set it; what is not offered is refused", async () => {
  const tenant = await makeTenant();
  const owner = callAs({ cookie: (await signIn(tenant.owner)).cookie, tenantSlug: tenant.slug }).api;
  await expect(
    owner.tenants.setDefaults({ version: 1, agentId: "nobody", model: null }),
  ).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  await expect(
    owner.tenants.setDefaults({ version: 1, agentId: null, model: "nothing" }),
  ).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  await owner.tenants.setDefaults({ version: 1, agentId: "data-analyst", model: null });
  expect(await owner.tenants.defaults()).toMatchObject({ agentId: "data-analyst" });
  const { conversationId } = await owner.conversations.create({});
  expect(await owner.conversations.get({ conversationId })).toMatchObject({ agent: "data-analyst" });
});

test("a workspace that has switched exports off gives no conversation out", async () => {
  const tenant = await makeTenant();
  const conversationId = await makeConversation(tenant.scope);
  const owner = callAs({ cookie: (await signIn(tenant.owner)).cookie, tenantSlug: tenant.slug }).api;
  await owner.conversations.export({ conversationId, format: "json" });
  await owner.tenants.update({ version: 1, features: { conversationExport: false } });
  await expect(owner.conversations.export({ conversationId, format: "json" })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});
