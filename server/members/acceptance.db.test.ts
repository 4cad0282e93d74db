import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../tests/factories/mails";
import { addMember, makeMember, makeTenant, putOnPlan, type TestTenant } from "../../tests/factories/tenants";
import { GOOD_PASSWORD, makeUser, signIn, type TestUser } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { setSeatLimit } from "../tenants/memberships";
import type { TenantRole } from "../tenants/terms";

afterEach(() => travel(0));

const DAY_MS = 86_400_000;
const INVALID = { code: "BAD_REQUEST", message: "Invite is not valid" };
let last = 0;
const address = () => `guest-${last++}@accept.example`;

async function invite(tenant: TestTenant, email: string, role: TenantRole = "member") {
  const { cookie } = await signIn(tenant.owner);
  const { api } = callAs({ cookie, tenantSlug: tenant.slug });
  const { inviteId } = await api.members.invite({ email, role });
  const copy = async () => {
    const { link } = await api.members.copyInviteLink({ inviteId });
    return new URL(link).searchParams.get("token") ?? "none";
  };
  return { inviteId, token: await tokenMailedTo(email, "tenant_invite"), copy };
}

async function accept(user: TestUser, token: string) {
  const { cookie } = await signIn(user);
  return callAs({ cookie }).api.members.acceptInvite({ token });
}

const signUp = (token: string) =>
  callAs().api.members.signUp({ token, name: "New Person", password: GOOD_PASSWORD });

const rolesOf = async ({ id }: TestUser) =>
  (await platformDb().tenantMember.findMany({ where: { userId: id } })).map(({ role }) => role);

test("the verified owner of the address accepts with the agreed words, once, and is a member of that role", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { token, inviteId } = await invite(tenant, user.email, "admin");
  expect(await accept(user, token)).toEqual({
    message: "Signup successful",
    tenant: { name: tenant.name, slug: tenant.slug },
  });
  expect(await rolesOf(user)).toEqual(["admin"]);
  await expect(accept(user, token)).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message: "Invite has already been used",
  });
  const rows = await withTenant(tenant.scope, (tx) => tx.auditLog.findMany({ orderBy: { seq: "desc" } }));
  expect(rows[0]).toMatchObject({
    action: "member.join",
    actorId: user.id,
    metadata: { inviteId, role: "admin" },
  });
});

test("of twenty tries to accept at once exactly one wins, and the others hear that it was used", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { token } = await invite(tenant, user.email);
  const { cookie } = await signIn(user);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => callAs({ cookie }).api.members.acceptInvite({ token })),
  );
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused).toHaveLength(19);
  for (const { reason } of refused) expect(reason.message).toBe("Invite has already been used");
  expect(await rolesOf(user)).toEqual(["member"]);
});

test("twenty invited people at once fill the plan's seats exactly, and who found none can come on a larger plan", async () => {
  const tenant = await makeTenant();
  const guests = [];
  for (let count = 0; count < 20; count += 1) {
    const user = await makeUser();
    const { cookie } = await signIn(user);
    guests.push({ user, cookie, ...(await invite(tenant, user.email)) });
  }
  const outcomes = await Promise.allSettled(
    guests.map(({ cookie, token }) => callAs({ cookie }).api.members.acceptInvite({ token })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(9);
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  expect(refused?.reason).toMatchObject({ cause: { details: { reason: "seat_limit_reached" } } });
  expect(await platformDb().tenantMember.count({ where: { tenantId: tenant.id } })).toBe(10);
  await putOnPlan(tenant, "pro");
  const waiting = guests[outcomes.findIndex(({ status }) => status === "rejected")];
  await callAs({ cookie: waiting?.cookie ?? null }).api.members.acceptInvite({ token: waiting?.token ?? "" });
}, 60_000);

test("of two limits the smaller one counts, and a smaller plan takes nobody in and nobody out", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const full = { cause: { details: { reason: "seat_limit_reached" } } };
  const { token } = await invite(tenant, user.email);
  for (let count = 0; count < 3; count += 1) await addMember(tenant);
  const agree = (seats: number) =>
    withTenant(tenant.scope, (tx) => setSeatLimit(tx, tenant.scope.tenantId, seats));
  await agree(4);
  await expect(accept(user, token)).rejects.toMatchObject(full);
  await agree(50);
  await putOnPlan(tenant, "free");
  await expect(accept(user, token)).rejects.toMatchObject(full);
  expect(await platformDb().tenantMember.count({ where: { tenantId: tenant.id } })).toBe(4);
  await putOnPlan(tenant, "enterprise");
  await accept(user, token);
});

test("nobody but the owner of the address can use it: not another person, not an unverified one, not a visitor", async () => {
  const tenant = await makeTenant();
  const email = address();
  const { token } = await invite(tenant, email);
  await expect(accept(await makeUser(), token)).rejects.toMatchObject(INVALID);
  const squatter = await makeUser({ email, isVerified: false });
  await expect(accept(squatter, token)).rejects.toMatchObject({
    code: "FORBIDDEN",
    cause: { details: { reason: "email_unverified" } },
  });
  await expect(callAs().api.members.acceptInvite({ token })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(callAs().api.members.previewInvite({ token })).resolves.toMatchObject({ email });
});

test("an invite that has expired, was revoked or never was says so in the agreed words", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { token, inviteId } = await invite(tenant, user.email);
  const { cookie } = await signIn(user);
  const tryIt = (secret: string) => callAs({ cookie }).api.members.acceptInvite({ token: secret });
  await expect(tryIt(`${token}x`)).rejects.toMatchObject(INVALID);
  travel(7 * DAY_MS + 1_000);
  await expect(tryIt(token)).rejects.toMatchObject({ message: "Invite has expired" });
  await expect(signUp(token)).rejects.toMatchObject({ message: "Invite has expired" });
  travel(0);
  const owner = await signIn(tenant.owner);
  await callAs({ cookie: owner.cookie, tenantSlug: tenant.slug }).api.members.revokeInvite({ inviteId });
  await expect(tryIt(token)).rejects.toMatchObject(INVALID);
  expect(await rolesOf(user)).toEqual([]);
});

test("an invite is worth what its sender is worth when it is accepted", async () => {
  const tenant = await makeTenant();
  const admin = await makeMember(tenant, "admin");
  const user = await makeUser();
  const { api } = callAs({ cookie: admin.cookie, tenantSlug: tenant.slug });
  await api.members.invite({ email: user.email, role: "admin" });
  const token = await tokenMailedTo(user.email, "tenant_invite");
  const owner = await signIn(tenant.owner);
  const people = () => callAs({ cookie: owner.cookie, tenantSlug: tenant.slug }).api.members;
  await people().setRole({ userId: admin.user.id, role: "member" });
  await expect(accept(user, token)).rejects.toMatchObject(INVALID);
  await people().remove({ userId: admin.user.id });
  await expect(accept(user, token)).rejects.toMatchObject(INVALID);
  expect(await rolesOf(user)).toEqual([]);
});

test("a workspace that is being deleted takes nobody in", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { token } = await invite(tenant, user.email);
  await platformDb().tenant.update({ where: { id: tenant.id }, data: { deletedAt: new Date() } });
  await expect(accept(user, token)).rejects.toMatchObject(INVALID);
});

test("whoever belongs already keeps the role they have", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { token } = await invite(tenant, user.email, "viewer");
  await addMember(tenant, "admin", user);
  await accept(user, token);
  expect(await rolesOf(user)).toEqual(["admin"]);
});

test("registering through the mailed link confirms the address and joins, once", async () => {
  const tenant = await makeTenant();
  const email = address();
  const { token } = await invite(tenant, email, "viewer");
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => signUp(token)));
  const [done] = outcomes.filter((outcome) => outcome.status === "fulfilled");
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(done?.value).toEqual({ message: "Signup successful", isMember: true, email });
  const row = await db().user.findUniqueOrThrow({ where: { email } });
  expect(row).toMatchObject({ status: "active", emailVerifiedAt: expect.any(Date) });
  const { cookie } = await signIn({ ...row, displayName: "New Person", password: GOOD_PASSWORD });
  const { memberships } = await callAs({ cookie }).api.auth.me();
  expect(memberships).toMatchObject([{ tenant: { slug: tenant.slug }, role: "viewer" }]);
  expect((await mailsTo(email)).map(({ template }) => template)).toEqual(["tenant_invite"]);
});

test("what somebody else registered under the address without proving it is wiped first", async () => {
  const tenant = await makeTenant();
  const email = address();
  const squatter = await makeUser({ email, isVerified: false });
  const squat = await makeTenant({ owner: squatter });
  const { cookie } = await signIn(squatter);
  await signUp((await invite(tenant, email)).token);
  const row = await db().user.findUniqueOrThrow({ where: { email } });
  expect(row.id).not.toBe(squatter.id);
  expect(await platformDb().tenant.count({ where: { id: squat.id } })).toBe(0);
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("a confirmed account is never replaced by a registration, and keeps its password", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { token } = await invite(tenant, user.email);
  await expect(signUp(token)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await rolesOf(user)).toEqual([]);
  await accept(user, token);
});

test("a copied link confirms no address: its account waits for the mail, and then accepts", async () => {
  const tenant = await makeTenant();
  const email = address();
  const { copy } = await invite(tenant, email);
  const token = await copy();
  expect(await callAs().api.members.previewInvite({ token })).toMatchObject({ provesMailbox: false });
  expect((await signUp(token)).message).toMatch(/^Registration almost done — check your email\./);
  const row = await db().user.findUniqueOrThrow({ where: { email } });
  expect(row).toMatchObject({ status: "pending", emailVerifiedAt: null });
  const person = { ...row, displayName: "New Person", password: GOOD_PASSWORD };
  expect(await rolesOf(person)).toEqual([]);
  await callAs().api.email.verify({ token: await tokenMailedTo(email) });
  await accept(person, token);
  expect(await rolesOf(person)).toEqual(["member"]);
});

test("a copied link does not tell whether the address has an account, and a newer copy replaces it", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { copy } = await invite(tenant, user.email);
  const token = await copy();
  expect(await signUp(token)).toEqual({ ...(await signUp(token)), isMember: false });
  expect((await mailsTo(user.email)).at(-1)?.template).toBe("already_registered");
  const second = await copy();
  await expect(accept(user, token)).rejects.toMatchObject(INVALID);
  await accept(user, second);
});

test("somebody who was disabled for want of a workspace comes back through an invite, and nobody else does", async () => {
  const [first, second] = [await makeTenant(), await makeTenant()];
  const { user } = await addMember(first);
  const owner = await signIn(first.owner);
  await callAs({ cookie: owner.cookie, tenantSlug: first.slug }).api.members.remove({ userId: user.id });
  await expect(signIn(user)).rejects.toThrow();
  const { token } = await invite(second, user.email);
  expect(await callAs().api.members.openDoor({ token })).toEqual({ email: user.email });
  await accept(user, token);
  expect(await rolesOf(user)).toEqual(["member"]);
  const held = await makeUser();
  await db().user.update({ where: { id: held.id }, data: { disabledAt: new Date(), status: "disabled" } });
  const other = await invite(second, held.email);
  expect(await callAs().api.members.openDoor({ token: other.token })).toEqual({ email: held.email });
  await expect(signIn(held)).rejects.toThrow();
});

test("a link of another kind opens no invite", async () => {
  const tenant = await makeTenant();
  const user = await makeUser({ isVerified: false });
  await callAs().api.email.resend({ email: user.email });
  const token = await tokenMailedTo(user.email);
  await invite(tenant, user.email);
  await expect(callAs().api.members.previewInvite({ token })).rejects.toMatchObject(INVALID);
});
