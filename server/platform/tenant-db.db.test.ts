import { expect, test } from "vitest";
import { db, platformDb } from "./db";
import { newId } from "./ids";
import { queryTenant, type TenantId, type TenantScope, withTenant, withUser } from "./tenant-db";

async function tenantWithMember(): Promise<TenantScope> {
  const scope = { tenantId: newId() as TenantId, userId: newId() };
  await platformDb().user.create({ data: { id: scope.userId, email: `${scope.userId}@example.test` } });
  await platformDb().tenant.create({
    data: { id: scope.tenantId, slug: scope.tenantId.slice(-12), name: "T" },
  });
  await platformDb().tenantMember.create({ data: { ...scope, role: "owner" } });
  return scope;
}

const conversation = (scope: TenantScope) => ({
  ...scope,
  id: newId(),
  model: "m",
  entryAgent: "triage",
  activeAgent: "triage",
  agentSessionId: newId(),
});

test("rows of a neighbour are neither read, changed, deleted nor inserted", async () => {
  const mine = await tenantWithMember();
  const theirs = await tenantWithMember();
  const secret = conversation(theirs);
  await withTenant(theirs, (tx) => tx.conversation.create({ data: secret }));
  await withTenant(mine, async (tx) => {
    expect(await tx.conversation.findMany()).toEqual([]);
    expect((await tx.conversation.updateMany({ data: { title: "mine now" } })).count).toBe(0);
    expect((await tx.conversation.deleteMany()).count).toBe(0);
  });
  await expect(
    withTenant(mine, (tx) => tx.conversation.create({ data: conversation(theirs) })),
  ).rejects.toThrow(/row-level security/);
  expect(await withTenant(theirs, (tx) => tx.conversation.count())).toBe(1);
});

test("without a tenant every tenant table is empty", async () => {
  const scope = await tenantWithMember();
  await withTenant(scope, (tx) => tx.conversation.create({ data: conversation(scope) }));
  expect(await db().conversation.count()).toBe(0);
  expect(await db().tenant.count()).toBe(0);
  expect(await db().tenantMember.count()).toBe(0);
});

test("a message cannot hang under a conversation of a neighbour", async () => {
  const mine = await tenantWithMember();
  const theirs = await tenantWithMember();
  const target = conversation(theirs);
  await withTenant(theirs, (tx) => tx.conversation.create({ data: target }));
  const message = {
    ...mine,
    id: newId(),
    conversationId: target.id,
    position: 0,
    role: "user" as const,
    content: "x",
    status: "complete" as const,
  };
  await expect(withTenant(mine, (tx) => tx.message.create({ data: message }))).rejects.toThrow(
    /[Ff]oreign key/,
  );
});

test("work that throws leaves nothing behind", async () => {
  const scope = await tenantWithMember();
  const work = withTenant(scope, async (tx) => {
    await tx.conversation.create({ data: conversation(scope) });
    throw new Error("between two lines");
  });
  await expect(work).rejects.toThrow("between two lines");
  expect(await withTenant(scope, (tx) => tx.conversation.count())).toBe(0);
});

test("a hot read sees its tenant only, and a pooled connection forgets it", async () => {
  const mine = await tenantWithMember();
  const theirs = await tenantWithMember();
  for (const scope of [mine, theirs])
    await withTenant(scope, (tx) => tx.conversation.create({ data: conversation(scope) }));
  const statement = { name: "all_conversations", text: "SELECT user_id FROM conversations", values: [] };
  for (const scope of [mine, theirs, mine]) {
    expect(await queryTenant(scope, statement)).toEqual([{ user_id: scope.userId }]);
  }
  expect(await db().conversation.count()).toBe(0);
});

test("a person sees the own memberships and no tenant's content", async () => {
  const mine = await tenantWithMember();
  await tenantWithMember();
  await withTenant(mine, (tx) => tx.conversation.create({ data: conversation(mine) }));
  await withUser(mine.userId, async (tx) => {
    expect((await tx.tenantMember.findMany()).map((row) => row.tenantId)).toEqual([mine.tenantId]);
    expect((await tx.tenant.findMany()).map((row) => row.id)).toEqual([mine.tenantId]);
    expect(await tx.conversation.count()).toBe(0);
  });
});
