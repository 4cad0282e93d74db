import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../tests/factories/mails";
import { GOOD_PASSWORD, makeUser, signIn } from "../../tests/factories/users";
import { violationsOf } from "../../tests/factories/violations";
import { TEXT_REGISTERED } from "../auth/terms";
import { findAccount } from "../auth/users";
import { resetConfig } from "../platform/config";
import { db, platformDb } from "../platform/db";

let lastPerson = 0;
const newEmail = () => {
  lastPerson += 1;
  return `ada${lastPerson}@company${lastPerson}.example`;
};

const formOf = (email: string, more: Record<string, string> = {}) => ({
  email,
  password: GOOD_PASSWORD,
  name: "Ada Lovelace",
  ...more,
});

const register = (email: string, more: Record<string, string> = {}) =>
  callAs().api.auth.register(formOf(email, more));

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: Error) => error.message,
  );

test("signing up makes person, workspace, ownership, mail and audit together", async () => {
  const email = newEmail();
  expect(await register(email, { tenantName: "Analytical Engines" })).toEqual({ message: TEXT_REGISTERED });
  const account = await findAccount(email);
  expect(account).toMatchObject({ status: "pending", emailVerifiedAt: null, platformRole: "user" });
  const membership = await platformDb().tenantMember.findFirst({
    where: { userId: account?.id ?? "" },
    include: { tenant: true },
  });
  expect(membership).toMatchObject({
    role: "owner",
    tenant: { name: "Analytical Engines", slug: "analytical-engines" },
  });
  const audits = await platformDb().auditLog.findMany({
    where: { actorId: account?.id ?? "" },
    orderBy: { id: "asc" },
  });
  expect(audits.map(({ action, tenantId }) => [action, tenantId !== null])).toEqual([
    ["tenant.create", true],
    ["signup.register", false],
  ]);
  await callAs().api.email.verify({ token: await tokenMailedTo(email) });
  const { cookie } = await signIn({ id: account?.id ?? "", email, displayName: "", password: GOOD_PASSWORD });
  const me = await callAs({ cookie }).api.auth.me();
  expect(me).toMatchObject({
    emailVerified: true,
    user: { name: "Ada Lovelace" },
    memberships: [{ role: "owner" }],
  });
});

test("new, pending and confirmed addresses are answered alike, with one hash, one mail, the same headers", async () => {
  const pending = newEmail();
  await register(pending);
  const confirmed = await makeUser();
  const outcomes = [];
  for (const email of [newEmail(), pending, confirmed.email]) {
    const before = await db().outgoingMail.count();
    const { api, info } = callAs();
    const startedAt = performance.now();
    const answer = await api.auth.register(formOf(email));
    const beats = Math.round((performance.now() - startedAt) / 250);
    const limit = info.reply.limit && { name: info.reply.limit.name, limit: info.reply.limit.limit };
    const mails = (await db().outgoingMail.count()) - before;
    outcomes.push({ answer, cookies: info.reply.cookies, limit, mails });
    expect(beats).toBeGreaterThanOrEqual(1);
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
  expect(await mailsTo(confirmed.email)).toMatchObject([
    { template: "already_registered", status: "queued" },
  ]);
});

test("a confirmed account is untouched by a registration of its address", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  await callAs().api.auth.register({ ...formOf(user.email), password: "another-good-phrase-77" });
  await expect(callAs({ cookie }).api.auth.me()).resolves.toMatchObject({ user: { name: user.displayName } });
  await expect(signIn(user)).resolves.toBeDefined();
});

test("registering a pending address again hands it over: new mail, new password, old sessions and links end", async () => {
  const email = newEmail();
  await register(email);
  const firstLink = await tokenMailedTo(email);
  const person = { id: "", email, displayName: "", password: GOOD_PASSWORD };
  const squatter = await signIn(person);
  await callAs().api.auth.register({
    ...formOf(email),
    name: "The Owner",
    password: "another-good-phrase-77",
  });
  await expect(callAs({ cookie: squatter.cookie }).api.auth.me()).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  expect(await messageOf(callAs().api.email.verify({ token: firstLink }))).toMatch(/newest mail/);
  await callAs().api.email.verify({ token: await tokenMailedTo(email) });
  await expect(signIn(person)).rejects.toThrow();
  const { cookie } = await signIn({ ...person, password: "another-good-phrase-77" });
  const me = await callAs({ cookie }).api.auth.me();
  expect(me.user.name).toBe("The Owner");
  expect(me.memberships).toHaveLength(1);
});

async function workspaceOf(email: string) {
  const where = { userId: (await findAccount(email))?.id ?? "" };
  const { tenant } = await platformDb().tenantMember.findFirstOrThrow({ where, include: { tenant: true } });
  return tenant;
}

test("whoever registers a pending address again names its workspace, and the first name is free again", async () => {
  const email = newEmail();
  await register(email, { tenantName: "Squatters Inc" });
  const before = await workspaceOf(email);
  await register(email, { tenantName: "Owners Works" });
  const after = await workspaceOf(email);
  expect(after).toMatchObject({ id: before.id, name: "Owners Works", slug: "owners-works" });
  const other = newEmail();
  await register(other, { tenantName: "Squatters Inc" });
  expect(await workspaceOf(other)).toMatchObject({ slug: "squatters-inc" });
  await register(other);
  expect(await workspaceOf(other)).toMatchObject({ name: "Ada Lovelace's workspace" });
  const audits = await platformDb().auditLog.findMany({
    where: { tenantId: after.id },
    orderBy: { seq: "asc" },
  });
  expect(audits.map(({ action }) => action)).toEqual(["tenant.create", "tenant.rename"]);
});

test("a name whose slug is taken gets a tail, and the mail goes out all the same", async () => {
  const [taken, email] = [newEmail(), newEmail()];
  await register(taken, { tenantName: "Taken Works" });
  await register(email, { tenantName: "First Choice" });
  await register(email, { tenantName: "Taken Works" });
  const { name, slug } = await workspaceOf(email);
  expect(name).toBe("Taken Works");
  expect(slug).toMatch(/^taken-works-[0-9a-f]{8}$/);
  expect(await mailsTo(email)).toHaveLength(2);
});

test("a workspace in which something was done keeps its name when its pending owner registers again", async () => {
  const deeds = [
    (tenantId: string) =>
      platformDb().tenant.update({ where: { id: tenantId }, data: { version: { increment: 1 } } }),
    async (tenantId: string) =>
      platformDb().tenantMember.create({ data: { tenantId, userId: (await makeUser()).id, role: "member" } }),
  ];
  for (const act of deeds) {
    const email = newEmail();
    await register(email, { tenantName: "Working Already" });
    const { id, slug } = await workspaceOf(email);
    await act(id);
    await register(email, { tenantName: "Another Name" });
    expect(await workspaceOf(email)).toMatchObject({ id, name: "Working Already", slug });
  }
});

test("ten registrations of one address at once make one account with one workspace and one valid link", async () => {
  process.env["RATE_LIMIT_SCALE"] = "100";
  resetConfig();
  const email = newEmail();
  const answers = await Promise.all(Array.from({ length: 10 }, () => messageOf(register(email))));
  delete process.env["RATE_LIMIT_SCALE"];
  resetConfig();
  expect(answers).toEqual(Array(10).fill("ok"));
  const account = await findAccount(email);
  const userId = account?.id ?? "";
  expect(await platformDb().tenantMember.count({ where: { userId } })).toBe(1);
  const open = { userId, consumedAt: null, supersededAt: null };
  expect(await db().emailVerification.count({ where: open })).toBe(1);
});

test("a password that does not fit the policy is refused at its field, before anything is written", async () => {
  const email = newEmail();
  for (const password of ["Test123!", "SecurePassword123", "adalovelace-parley-1", "漢".repeat(129)]) {
    const error = await callAs()
      .api.auth.register({ ...formOf(email), password })
      .catch((thrown: unknown) => thrown);
    expect(error, password).toMatchObject({
      code: expect.stringMatching(/BAD_REQUEST|TOO_MANY/),
    });
  }
  expect(await findAccount(email)).toBeNull();
});

test("three registrations a day are the limit for an address, known or not", async () => {
  for (const email of [newEmail(), (await makeUser()).email]) {
    for (let round = 0; round < 3; round += 1) await register(email);
    const before = await violationsOf("register");
    await expect(register(email)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    expect(await violationsOf("register"), "counted for the metrics").toBe(before + 1);
  }
});

test("unknown fields, wrong types and broken text are refused with a reason, and change nothing", async () => {
  const email = newEmail();
  const bad: Record<string, unknown>[] = [
    { email: { not: "" } },
    { email: ["a@b.example"] },
    { email: "a\u0000@b.example" },
    { name: "\ud800" },
    { name: "a\u0000b" },
    { password: 12345678901234 },
    { platformRole: "admin" },
    { tenantId: "018f0000-0000-7000-8000-000000000000" },
  ];
  for (const change of bad) {
    const input = { ...formOf(email), ...change } as ReturnType<typeof formOf>;
    await expect(callAs().api.auth.register(input)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
  expect(await findAccount(email)).toBeNull();
});
