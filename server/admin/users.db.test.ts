import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeOperator, signInOperator } from "../../tests/factories/operators";
import { giveCustomer } from "../../tests/factories/stripe-events";
import { makeTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { disableWithoutWorkspace } from "../auth/account/user-state";
import { TEXT_SECOND_FACTOR_NEEDED } from "../auth/terms";
import { setDeletionDue } from "../auth/users";
import { db } from "../platform/db";
import { TEXT_FORBIDDEN } from "../tenants/terms";

const callerOf = async (...role: Parameters<typeof makeOperator>) =>
  callAs({ cookie: (await makeOperator(...role)).cookie }).api;

test("accounts are found by a part of address or name and by id, with their workspaces", async () => {
  const api = await callerOf("billing_admin");
  const owner = await makeUser({ email: "grace_hopper@navy.example", displayName: "Grace Hopper" });
  const tenant = await makeTenant({ owner, name: "Compilers" });
  const stripeCustomerId = await giveCustomer(tenant.id);
  await makeUser({ email: "gracexhopper@army.example" });
  for (const search of ["GRACE_HOPPER", "grace hop", owner.id]) {
    const page = await api.admin.users.list({ search });
    expect(page).toMatchObject({ total: 1, page: 1, pageSize: 10, pages: 1 });
    expect(page.items[0]).toMatchObject({
      id: owner.id,
      name: "Grace Hopper",
      isVerified: true,
      platformRole: "user",
      tenants: [{ slug: tenant.slug, name: "Compilers", role: "owner", stripeCustomerId }],
    });
  }
  expect((await api.admin.users.list({ search: "%" })).items).toEqual([]);
});

test("why nobody signs in to an account is told: without a workspace, or leaving", async () => {
  const api = await callerOf("support");
  const [removed, leaving] = [await makeUser(), await makeUser()];
  await db().$transaction((tx) => disableWithoutWorkspace(tx, removed.id));
  const due = new Date("2030-01-02T03:04:05Z");
  await db().$transaction((tx) => setDeletionDue(tx, leaving.id, due));
  expect(await api.admin.users.get({ userId: removed.id })).toMatchObject({
    ...{ status: "disabled", disablement: null, deletionDueAt: null },
    withoutWorkspaceSince: expect.any(String),
  });
  expect(await api.admin.users.get({ userId: leaving.id })).toMatchObject({
    ...{ status: "active", withoutWorkspaceSince: null, deletionDueAt: due.toISOString() },
  });
});

test("filters join, the order turns, and past the last page there is nothing but the count", async () => {
  const api = await callerOf();
  for (const name of ["Zed One", "Zed Two", "Zed Three"]) {
    await makeUser({ displayName: name, isVerified: false });
  }
  const zeds = { search: "zed", status: "pending", isVerified: false, pageSize: 2 } as const;
  const namesOn = async (query: object) =>
    (await api.admin.users.list({ ...zeds, ...query })).items.map(({ name }) => name);
  expect(await namesOn({})).toEqual(["Zed Three", "Zed Two"]);
  expect(await namesOn({ sort: "oldest" })).toEqual(["Zed One", "Zed Two"]);
  expect(await namesOn({ page: 2 })).toEqual(["Zed One"]);
  expect(await api.admin.users.list({ ...zeds, page: 9 })).toMatchObject({ items: [], total: 3, pages: 2 });
  expect(await namesOn({ isVerified: true })).toEqual([]);
  const admins = await api.admin.users.list({ role: "admin" });
  expect(admins.items.every(({ platformRole }) => platformRole === "admin")).toBe(true);
});

test("only a platform role opens the operators' procedures, and only with a second factor", async () => {
  const person = await makeUser();
  const visitor = callAs({
    cookie: (await signInOperator({ id: person.id, platformRole: "user" })).cookie,
  }).api;
  await expect(visitor.admin.users.list()).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: TEXT_FORBIDDEN,
  });
  const operator = await makeOperator("support");
  await db().session.update({ where: { id: operator.session.sessionId }, data: { aal: 1 } });
  const { api } = callAs({ cookie: operator.cookie });
  await expect(api.admin.users.list()).rejects.toMatchObject({ message: TEXT_SECOND_FACTOR_NEEDED });
  const { cookie } = await signIn(person);
  await expect(callAs({ cookie }).api.auth.me()).resolves.toBeDefined();
});
