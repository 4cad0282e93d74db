import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo } from "../../tests/factories/mails";
import { makeOperator } from "../../tests/factories/operators";
import { addMember, makeMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { TENANT_ROLES, type TenantRole } from "../tenants/terms";

afterEach(() => travel(0));

const callIn = (tenant: TestTenant, { cookie }: { cookie: string }) =>
  callAs({ cookie, tenantSlug: tenant.slug }).api.members;

async function rolesIn({ id: tenantId }: TestTenant): Promise<Record<TenantRole, number>> {
  const rows = await platformDb().tenantMember.findMany({ where: { tenantId } });
  const counts = { owner: 0, admin: 0, member: 0, viewer: 0 };
  for (const { role } of rows) counts[role] += 1;
  return counts;
}

const statusOf = async (id: string) => (await db().user.findUniqueOrThrow({ where: { id } })).status;

test("everybody changes those below, owners also owners, and nobody grants above their own role", async () => {
  const tenant = await makeTenant();
  const actors: Record<TenantRole, { cookie: string }> = {
    owner: await signIn(tenant.owner),
    admin: await makeMember(tenant, "admin"),
    member: await makeMember(tenant, "member"),
    viewer: await makeMember(tenant, "viewer"),
  };
  const may: Record<string, TenantRole[][]> = {
    owner: TENANT_ROLES.flatMap((from) => TENANT_ROLES.map((to) => [from, to])),
    admin: (["member", "viewer"] as const).flatMap((from) =>
      (["admin", "member", "viewer"] as const).map((to) => [from, to]),
    ),
    member: [],
    viewer: [],
  };
  for (const actor of TENANT_ROLES) {
    for (const from of TENANT_ROLES) {
      for (const to of TENANT_ROLES) {
        const { user } = await addMember(tenant, from);
        const outcome = await callIn(tenant, actors[actor])
          .setRole({ userId: user.id, role: to })
          .then(
            () => "done",
            (error: { code: string }) => error.code,
          );
        const isAllowed = may[actor]?.some(([was, is]) => was === from && is === to);
        expect(outcome, `${actor} makes ${from} ${to}`).toBe(isAllowed ? "done" : "FORBIDDEN");
      }
    }
  }
}, 180_000);

test("nobody changes or removes themselves, and strangers and neighbours are not found", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const owner = await signIn(tenant.owner);
  const api = callIn(tenant, owner);
  await expect(api.setRole({ userId: tenant.owner.id, role: "admin" })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
  await expect(api.remove({ userId: tenant.owner.id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  const { user } = await addMember(neighbour);
  for (const userId of [user.id, neighbour.owner.id, tenant.id]) {
    const confirmation = tenant.name;
    await expect(api.setRole({ userId, role: "viewer" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(api.remove({ userId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(api.transfer({ userId, confirmation })).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});

test("of thirty owners who demote each other at once, at least one stays", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  const owners = [{ user: tenant.owner, cookie }];
  for (let count = 1; count < 30; count += 1) {
    const { user, cookie } = await makeMember(tenant, "owner");
    owners.push({ user, cookie });
  }
  const outcomes = await Promise.allSettled(
    owners.map((owner, index) => {
      const next = owners[(index + 1) % owners.length];
      return callIn(tenant, owner).setRole({ userId: next?.user.id ?? "", role: "viewer" });
    }),
  );
  // Who waits too long for the turn is told that Parley is busy.
  const refusals = ["FORBIDDEN", "CONFLICT", "SERVICE_UNAVAILABLE"];
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(refusals).toContain(outcome.reason.code);
  }
  const roles = await rolesIn(tenant);
  expect(roles.owner).toBeGreaterThanOrEqual(1);
  expect(roles.owner + roles.viewer).toBe(30);
}, 180_000);

test("the last owner can be neither demoted nor removed and cannot leave, also not two at once", async () => {
  const tenant = await makeTenant();
  const first = await signIn(tenant.owner);
  const second = await makeMember(tenant, "owner");
  const outcomes = await Promise.allSettled([first, second].map((owner) => callIn(tenant, owner).leave()));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await rolesIn(tenant)).toMatchObject({ owner: 1 });
});

test("whatever thirty owners do at once to each other and to themselves, one who stays is left", async () => {
  const tenant = await makeTenant();
  const owners = [{ user: tenant.owner, cookie: (await signIn(tenant.owner)).cookie }];
  for (let count = 1; count < 30; count += 1) owners.push(await makeMember(tenant, "owner"));
  const outcomes = await Promise.allSettled(
    owners.map((owner, index) => {
      const userId = owners[(index + 1) % owners.length]?.user.id ?? "";
      const api = callIn(tenant, owner);
      const deeds = [
        () => api.remove({ userId }),
        () => api.setRole({ userId, role: "member" }),
        () => api.leave(),
        () => api.transfer({ userId, confirmation: tenant.name }),
        () => callAs(owner).api.account.delete({ confirmation: owner.user.email }),
      ];
      return deeds[index % deeds.length]?.();
    }),
  );
  // Removed from their only workspace or gone before their turn, people are signed out or strangers.
  const refusals = ["FORBIDDEN", "CONFLICT", "NOT_FOUND", "UNAUTHORIZED", "SERVICE_UNAVAILABLE"];
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(refusals).toContain(outcome.reason.code);
  }
  const ruling = { tenantId: tenant.id, role: "owner" as const, user: { deletionDueAt: null } };
  expect(await platformDb().tenantMember.count({ where: ruling })).toBeGreaterThanOrEqual(1);
}, 180_000);

test("who is being made the only owner at this moment cannot have their account deleted beside it", async () => {
  const tenant = await makeTenant();
  const { user, cookie } = await makeMember(tenant);
  const transfer = new pg.Client({ connectionString: process.env["DATABASE_PLATFORM_URL"] });
  await transfer.connect();
  await transfer.query("BEGIN");
  await transfer.query("SELECT 1 FROM tenants WHERE id = $1 FOR UPDATE", [tenant.id]);
  const deletion = callAs({ cookie }).api.account.delete({ confirmation: user.email });
  const outcome = deletion.catch(({ code }: { code: string }) => code);
  await Promise.race([outcome, somebodyWaits(transfer)]);
  await transfer.query(
    "UPDATE tenant_members SET role = CASE WHEN user_id = $2 THEN 'owner' ELSE 'admin' END::tenant_role WHERE tenant_id = $1",
    [tenant.id, user.id],
  );
  await transfer.query("COMMIT");
  await transfer.end();
  expect(await outcome).toBe("CONFLICT");
});

/** Resolves when another connection of this database waits for the client's locks. */
async function somebodyWaits(client: pg.Client): Promise<void> {
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))";
  while ((await client.query(waiting)).rowCount === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

test("an owner whose account is about to be deleted does not count as one", async () => {
  const tenant = await makeTenant();
  const { user } = await makeMember(tenant, "owner");
  await db().user.update({ where: { id: tenant.owner.id }, data: { deletionDueAt: new Date() } });
  await expect(callIn(tenant, await signIn(user)).leave()).rejects.toMatchObject({ code: "CONFLICT" });
});

test("of twenty transfers by one owner exactly one goes through", async () => {
  const tenant = await makeTenant();
  const owner = await signIn(tenant.owner);
  const people = [];
  for (let count = 0; count < 20; count += 1) people.push(await addMember(tenant, "member"));
  const outcomes = await Promise.allSettled(
    people.map(({ user }) => callIn(tenant, owner).transfer({ userId: user.id, confirmation: tenant.name })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await rolesIn(tenant)).toEqual({ owner: 1, admin: 1, member: 19, viewer: 0 });
}, 60_000);

test("a transfer asks for the workspace's name and a recent sign-in, mails the new owner, and is audited", async () => {
  const tenant = await makeTenant({ name: "Blue Harbour" });
  const owner = await signIn(tenant.owner);
  const { user } = await addMember(tenant, "viewer");
  const transfer = (confirmation: string) =>
    callIn(tenant, owner).transfer({ userId: user.id, confirmation });
  await expect(transfer("blue harbour")).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { details: { fields: { confirmation: expect.any(String) } } },
  });
  travel(11 * 60_000);
  await expect(transfer("Blue Harbour")).rejects.toMatchObject({
    cause: { details: { reason: "step_up_required" } },
  });
  travel(0);
  await transfer("Blue Harbour");
  expect(await rolesIn(tenant)).toEqual({ owner: 1, admin: 1, member: 0, viewer: 0 });
  expect((await mailsTo(user.email)).map(({ template }) => template)).toEqual(["ownership_transferred"]);
  const rows = await withTenant(tenant.scope, (tx) => tx.auditLog.findMany({ orderBy: { seq: "desc" } }));
  expect(rows[0]).toMatchObject({
    action: "member.transfer_ownership",
    actorId: tenant.owner.id,
    targetId: user.id,
  });
});

test("out of the last workspace an account is disabled and its sessions end; out of another one it is not", async () => {
  const [first, second] = [await makeTenant(), await makeTenant()];
  const { user } = await addMember(first);
  await addMember(second, "member", user);
  const { cookie } = await signIn(user);
  await callIn(first, await signIn(first.owner)).remove({ userId: user.id });
  expect(await statusOf(user.id)).toBe("active");
  await expect(callIn(first, { cookie }).list()).rejects.toMatchObject({ code: "NOT_FOUND" });
  await callIn(second, await signIn(second.owner)).remove({ userId: user.id });
  expect(await statusOf(user.id)).toBe("disabled");
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(signIn(user)).rejects.toThrow();
  expect((await mailsTo(user.email)).map(({ template }) => template)).toEqual([
    "member_removed",
    "member_removed",
  ]);
});

test("two workspaces that let go of a person at once leave a disabled account, not a forgotten one", async () => {
  const user = await makeUser();
  const tenants = [];
  for (let count = 0; count < 6; count += 1) tenants.push(await makeTenant());
  const owners = new Map<TestTenant, { cookie: string }>();
  for (const tenant of tenants) {
    await addMember(tenant, "member", user);
    owners.set(tenant, await signIn(tenant.owner));
  }
  await Promise.all([...owners].map(([tenant, owner]) => callIn(tenant, owner).remove({ userId: user.id })));
  expect(await statusOf(user.id)).toBe("disabled");
});

test("who leaves keeps the account, and so does an operator who is removed", async () => {
  const tenant = await makeTenant();
  const { user, cookie } = await makeMember(tenant);
  await callIn(tenant, { cookie }).leave();
  expect(await statusOf(user.id)).toBe("active");
  const operator = await makeOperator();
  const person = await db().user.findUniqueOrThrow({ where: { id: operator.session.userId } });
  await addMember(tenant, "member", { ...user, id: person.id, email: person.email });
  await callIn(tenant, await signIn(tenant.owner)).remove({ userId: person.id });
  expect(await statusOf(person.id)).toBe("active");
});

test("an operator's disablement and the want of a workspace are lifted each for itself", async () => {
  const tenant = await makeTenant();
  const { user } = await addMember(tenant);
  await db().user.update({ where: { id: user.id }, data: { disabledAt: new Date(), status: "disabled" } });
  await callIn(tenant, await signIn(tenant.owner)).remove({ userId: user.id });
  const row = await db().user.findUniqueOrThrow({ where: { id: user.id } });
  expect(row).toMatchObject({ status: "disabled", withoutWorkspaceAt: expect.any(Date) });
  const { cookie } = await makeOperator();
  await callAs({ cookie }).api.admin.users.enable({ userId: user.id });
  expect(await statusOf(user.id)).toBe("active");
});
