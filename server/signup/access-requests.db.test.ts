import { beforeAll, beforeEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo } from "../../tests/factories/mails";
import { makeOperator, type Operator } from "../../tests/factories/operators";
import { makeTenant } from "../../tests/factories/tenants";
import { GOOD_PASSWORD, makeUser } from "../../tests/factories/users";
import { findAccount } from "../auth/users";
import { resetConfig } from "../platform/config";
import { db, platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import {
  TEXT_ACCESS_REQUESTED,
  TEXT_DECIDED_ALREADY,
  TEXT_INVITE_INVALID,
  TEXT_INVITE_NOT_ACTIVE,
  TEXT_NO_SUCH_WORKSPACE,
} from "./terms";

let operator: Operator;
beforeAll(async () => {
  operator = await makeOperator("support");
});
const usePolicy = (policy: string) => {
  process.env["SIGNUP_ACCESS_POLICY"] = policy;
  resetConfig();
};
beforeEach(() => usePolicy("approval"));

const newEmail = () => `${newId()}@asks.example`;
const formOf = (email: string) => ({ email, fullName: "Ada Asks", organisation: "Guild" });
const ask = (email: string, ip?: string) =>
  callAs(ip === undefined ? {} : { ip }).api.signup.requestAccess(formOf(email));
const access = () => callAs({ cookie: operator.cookie }).api.admin.access;
const requestOf = (email: string) => db().accessRequest.findFirstOrThrow({ where: { email } });
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: Error) => error.message,
  );
const mailedInvite = async (email: string) =>
  new URL((await mailsTo(email))[0]?.links[0] ?? "").searchParams.get("invite") ?? "";

test("a person asks, an operator approves, and the invite that is mailed lets that address in, once", async () => {
  const email = newEmail();
  expect(await ask(email)).toEqual({ message: TEXT_ACCESS_REQUESTED });
  const { id } = await requestOf(email);
  const page = await access().requests({ pageSize: 100 });
  expect(page.items.find((item) => item.id === id)).toMatchObject({ ...formOf(email), status: "pending" });
  await access().approve({ requestId: id });
  const mails = await mailsTo(email);
  expect(mails).toMatchObject([{ template: "signup_invite" }]);
  expect(mails[0]?.links).toHaveLength(1);
  const inviteToken = await mailedInvite(email);
  const register = (address: string) =>
    callAs().api.auth.register({ email: address, password: GOOD_PASSWORD, name: "Ada", inviteToken });
  expect(await messageOf(register(newEmail()))).toBe(TEXT_INVITE_INVALID);
  expect(await messageOf(register(email))).toBe("ok");
  const used = await access().invites({ state: "used", pageSize: 100 });
  expect(used.items.find((invite) => invite.email === email)).toMatchObject({
    usedBy: email,
    createdBy: operator.user.email,
    attempts: [{ outcome: "used" }],
  });
  const approved = await access().requests({ status: "approved", pageSize: 100 });
  expect(approved.items.find((item) => item.id === id)).toMatchObject({ decidedBy: operator.user.email });
});

test("of thirty decisions at once exactly one counts, with one invite and one mail", async () => {
  const email = newEmail();
  await ask(email);
  const { id: requestId } = await requestOf(email);
  const decide = (turn: number) =>
    turn % 3 === 0
      ? access().reject({ requestId, reason: "Not a customer of ours" })
      : access().approve({ requestId });
  const outcomes = await Promise.all(Array.from({ length: 30 }, (_, turn) => messageOf(decide(turn))));
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === TEXT_DECIDED_ALREADY)).toHaveLength(29);
  const { status } = await requestOf(email);
  const count = status === "approved" ? 1 : 0;
  expect(await mailsTo(email)).toHaveLength(count);
  expect(await db().signupInvite.count({ where: { email } })).toBe(count);
});

test("known, waiting and new addresses are answered alike, and each waits once", async () => {
  const known = (await makeUser()).email;
  const waiting = newEmail();
  await ask(waiting);
  const answers = await Promise.all([known, waiting, newEmail()].map((email) => ask(email)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await db().accessRequest.count({ where: { email: waiting } })).toBe(1);
  const { id } = await requestOf(known);
  await expect(access().approve({ requestId: id })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await requestOf(known)).toMatchObject({ status: "pending", inviteId: null });
});

test("of twenty requests at once from one network address three wait; a decision makes room", async () => {
  const ip = "192.0.2.77";
  process.env["RATE_LIMIT_SCALE"] = "1000";
  const emails = Array.from({ length: 20 }, newEmail);
  const outcomes = await Promise.allSettled(emails.map((email) => ask(email, ip)));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  expect(refused?.reason).toMatchObject({
    code: "TOO_MANY_REQUESTS",
    cause: { details: { retryAfterSeconds: 3_600 } },
  });
  const [first] = await db().accessRequest.findMany({ where: { email: { in: emails } } });
  await access().reject({ requestId: first?.id ?? "", reason: "Not a customer of ours" });
  expect(await messageOf(ask(newEmail(), ip))).toBe("ok");
});

test("what fills in the hidden field hears thanks and leaves nothing", async () => {
  const email = newEmail();
  const form = { ...formOf(email), website: "https://spam.example" };
  expect(await callAs().api.signup.requestAccess(form)).toEqual({ message: TEXT_ACCESS_REQUESTED });
  expect(await db().accessRequest.count({ where: { email } })).toBe(0);
});

test("where sign-up is open nobody asks; where it is not, nobody registers without an invite", async () => {
  expect(await callAs().api.signup.policy()).toEqual({ policy: "approval", needsInvite: true });
  const form = { email: newEmail(), password: GOOD_PASSWORD, name: "Ada" };
  await expect(callAs().api.auth.register(form)).rejects.toMatchObject({
    cause: { details: { reason: "signup_invite_required" } },
  });
  usePolicy("public");
  await expect(ask(newEmail())).rejects.toMatchObject({ code: "CONFLICT" });
});

test("an operator's invite is shown once, listed by its state, and taken back while it is open", async () => {
  const { inviteId, link } = await access().createInvite({ note: "For the fair", validDays: 2 });
  const token = new URL(link).searchParams.get("invite") ?? "";
  const find = async (state: "active" | "revoked") =>
    (await access().invites({ state, pageSize: 100 })).items.find(({ id }) => id === inviteId);
  const item = await find("active");
  expect(item).toMatchObject({ note: "For the fair", hint: token.slice(-4), state: "active" });
  expect(JSON.stringify(item)).not.toContain(token);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => messageOf(access().revokeInvite({ inviteId }))),
  );
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === TEXT_INVITE_NOT_ACTIVE)).toHaveLength(19);
  expect(await find("revoked")).toMatchObject({ revokedBy: operator.user.email });
});

test("an invite into a workspace makes its user a member there, with no workspace of their own", async () => {
  const tenant = await makeTenant({ name: "Joined" });
  const { link } = await access().createInvite({ tenantSlug: tenant.slug });
  const inviteToken = new URL(link).searchParams.get("invite") ?? "";
  const email = newEmail();
  await callAs().api.auth.register({ email, password: GOOD_PASSWORD, name: "Ada", inviteToken });
  const userId = (await findAccount(email))?.id ?? "";
  expect(await platformDb().tenantMember.findMany({ where: { userId } })).toMatchObject([
    { tenantId: tenant.id, role: "member" },
  ]);
  await expect(access().createInvite({ tenantSlug: "no-such-place" })).rejects.toMatchObject({
    cause: { details: { fields: { tenantSlug: TEXT_NO_SUCH_WORKSPACE } } },
  });
});

test("whoever registers again with an invite into a workspace becomes a member there, once", async () => {
  const email = newEmail();
  const register = (inviteToken?: string) =>
    callAs().api.auth.register({ email, password: GOOD_PASSWORD, name: "Ada", inviteToken });
  usePolicy("public");
  await register();
  const tenant = await makeTenant({ name: "Joined later" });
  const { link } = await access().createInvite({ tenantSlug: tenant.slug });
  const inviteToken = new URL(link).searchParams.get("invite") ?? "";
  await register(inviteToken);
  await register(inviteToken);
  const userId = (await findAccount(email))?.id ?? "";
  const places = await platformDb().tenantMember.findMany({ where: { userId }, orderBy: { role: "asc" } });
  expect(places).toMatchObject([{ role: "owner" }, { tenantId: tenant.id, role: "member" }]);
});
