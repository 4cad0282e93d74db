import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { makeOperator } from "../../tests/factories/operators";
import { makeGrant } from "../../tests/factories/support-access";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { travel } from "../platform/clock";

afterEach(() => travel(0));

const desk = async () => callAs(await makeOperator("billing_admin")).api.admin.tenants;

test("workspaces are found by a part of name or address, and by id, page by page", async () => {
  const tag = randomUUID().slice(0, 8);
  const tenant = await makeTenant({ name: `100% ${tag} Harbour` });
  await addMember(tenant, "viewer");
  const other = await makeTenant({ name: `${tag} Meadow` });
  const { list } = await desk();
  const found = await list({ search: tag, pageSize: 1 });
  expect(found).toMatchObject({
    total: 2,
    pages: 2,
    items: [{ id: other.id, memberCount: 1, plan: { name: "Starter", standing: "trialing" } }],
  });
  expect((await list({ search: tag, pageSize: 1, page: 2 })).items).toMatchObject([
    { id: tenant.id, memberCount: 2 },
  ]);
  for (const search of [`100% ${tag}`, tenant.slug, tenant.id, tenant.id.toUpperCase()]) {
    expect(
      (await list({ search })).items.map(({ id }) => id),
      search,
    ).toEqual([tenant.id]);
  }
  expect((await list({ search: `%${tag}_` })).items).toEqual([]);
});

test("an operator sees a workspace in numbers with its grants, and nothing that people wrote", async () => {
  const tenant = await makeTenant();
  await addMember(tenant, "admin");
  await makeConversation(tenant.scope, { title: "Owner's secret plan" });
  const operator = await makeOperator();
  const grantId = await makeGrant(tenant, operator);
  const { get } = await desk();
  const detail = await get({ tenantId: tenant.id });
  expect(detail).toMatchObject({
    slug: tenant.slug,
    membersByRole: { owner: 1, admin: 1, member: 0, viewer: 0 },
    seatLimit: 10,
    conversationCount: 1,
    grants: [{ grantId, state: "live", operatorId: operator.user.id, decidedBy: tenant.owner.displayName }],
  });
  expect(JSON.stringify(detail)).not.toContain("secret");
  await expect(get({ tenantId: randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
  travel(15 * 86_400_000);
  const { list } = await desk();
  const [item] = (await list({ search: tenant.id })).items;
  expect(item?.plan).toEqual({ name: "Free", standing: "active" });
});
