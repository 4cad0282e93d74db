import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { addMember, makeMember, makeTenant } from "../../tests/factories/tenants";
import { makeUser } from "../../tests/factories/users";
import { provideSpend } from "./spend";

afterEach(() => provideSpend(async () => new Map()));

test("a workspace's people are listed by rank and age, page by page, nobody twice and nobody left out", async () => {
  const tenant = await makeTenant();
  const { cookie } = await makeMember(tenant, "admin");
  for (let count = 0; count < 7; count += 1) await addMember(tenant, count % 2 ? "viewer" : "member");
  const { api } = callAs({ cookie, tenantSlug: tenant.slug });
  const seen = [];
  let cursor: string | undefined;
  do {
    const page = await api.members.list({ limit: 2, cursor });
    seen.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen.map(({ role }) => role)).toEqual([
    "owner",
    "admin",
    ...Array(4).fill("member"),
    ...Array(3).fill("viewer"),
  ]);
  expect(new Set(seen.map(({ userId }) => userId)).size).toBe(9);
  expect(seen.filter(({ isSelf }) => isSelf)).toMatchObject([{ role: "admin" }]);
});

test("the search finds parts of names and addresses, whatever the case, and takes wildcards literally", async () => {
  const tenant = await makeTenant();
  const person = await makeUser({ displayName: "Ärmel O'Neil_100%", email: "sleeve+x@find.example" });
  await addMember(tenant, "member", person);
  const { cookie } = await makeMember(tenant, "viewer");
  const { api } = callAs({ cookie, tenantSlug: tenant.slug });
  for (const search of ["Ärmel", "o'NEIL_100%", "SLEEVE+X", "find.example"]) {
    expect((await api.members.list({ search })).items.map(({ userId }) => userId)).toEqual([person.id]);
  }
  for (const search of ["%", "_%", "no such person", "\\"]) {
    const { items } = await api.members.list({ search });
    expect(items.filter(({ userId }) => userId !== person.id)).toEqual([]);
  }
});

test("last seen, second factor and spend are for those who manage members", async () => {
  const tenant = await makeTenant();
  const { user, cookie: ownCookie } = await makeMember(tenant, "member");
  const { cookie } = await makeMember(tenant, "admin");
  provideSpend(async () => new Map([[user.id, 45_000n]]));
  const { items } = await callAs({ cookie, tenantSlug: tenant.slug }).api.members.list();
  const row = items.find(({ userId }) => userId === user.id);
  expect(row).toMatchObject({ hasSecondFactor: false, spendNano: "45000" });
  expect(items.find(({ isSelf }) => isSelf)?.lastSeenAt).toEqual(expect.any(String));
  const plain = await callAs({ cookie: ownCookie, tenantSlug: tenant.slug }).api.members.list();
  for (const item of plain.items) {
    expect(item).toMatchObject({ hasSecondFactor: null, spendNano: null, lastSeenAt: null });
  }
});

test("a cursor that was not made here is refused", async () => {
  const tenant = await makeTenant();
  const { cookie } = await makeMember(tenant, "viewer");
  const { api } = callAs({ cookie, tenantSlug: tenant.slug });
  for (const cursor of ["x", "bnVsbA", "", "\u{1f600}"]) {
    await expect(api.members.list({ cursor })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
});
