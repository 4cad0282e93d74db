// The pages of a workspace's people and of the link into it, called as the server calls them, without a browser.
import type { ActionFunctionArgs } from "@remix-run/node";
import { afterEach, expect, test } from "vitest";
import * as invitePage from "../../app/routes/_auth.invite";
import * as membersPage from "../../app/routes/t.$tenant.members";
import { inviteMember } from "../../server/members/invites";
import { travel } from "../../server/platform/clock";
import { platformDb } from "../../server/platform/db";
import { internalRequest, type RequestInfo } from "../../server/request";
import { tokenMailedTo } from "../factories/mails";
import { makeMember, makeTenant, type TestTenant } from "../factories/tenants";
import { makeUser, signIn } from "../factories/users";

afterEach(() => travel(0));

let last = 0;
const address = () => `guest-${last++}@pages.example`;

interface Call {
  args: ActionFunctionArgs;
  info: RequestInfo;
}

function callOf(path: string, cookie: string, form?: Record<string, string>): Call {
  const info = internalRequest({ url: path });
  const init = form && { method: "POST", body: new URLSearchParams(form) };
  const request = new Request(`http://localhost:3000${path}`, { headers: { cookie }, ...init });
  const [, tenant] = /^\/t\/([^/?]+)/.exec(path) ?? [];
  return { args: { request, params: tenant ? { tenant } : {}, context: { info } }, info };
}

async function answerOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((thrown: unknown) => {
    if (thrown instanceof Response) return thrown;
    throw thrown;
  });
}

const placeOf = (answer: unknown) => (answer instanceof Response ? answer.headers.get("location") : null);

async function ownersCookie(tenant: TestTenant): Promise<string> {
  return (await signIn(tenant.owner)).cookie;
}

test("opening an invite's link moves its secret into a cookie and uses nothing up", async () => {
  const [tenant, email] = [await makeTenant({ name: "Quiet Meadow" }), address()];
  const { inviteId } = await inviteMember(tenant.scope, { email, role: "viewer" });
  const token = await tokenMailedTo(email, "tenant_invite");
  const { args, info } = callOf(`/invite?token=${token}`, "");
  expect(placeOf(await answerOf(invitePage.loader(args)))).toBe("/invite");
  const [kept = ""] = info.reply.cookies;
  expect(kept).toMatch(/^invite=.*; HttpOnly; SameSite=Lax$/);
  const cookie = kept.slice(0, kept.indexOf(";"));
  for (let visit = 0; visit < 2; visit += 1) {
    const shown = await invitePage.loader(callOf("/invite", cookie).args);
    expect(shown).toMatchObject({ problem: null, invite: { email, role: "viewer", provesMailbox: true } });
  }
  const invite = await platformDb().tenantInvite.findFirstOrThrow({ where: { id: inviteId } });
  expect(invite.acceptedAt).toBeNull();
});

test("a link that leads nowhere says why, and none asks for the mail", async () => {
  const wrong = await invitePage.loader(callOf("/invite", "invite=no-such-token").args);
  expect(wrong).toEqual({ invite: null, problem: "Invite is not valid", person: null });
  const none = await invitePage.loader(callOf("/invite", "").args);
  expect(none).toEqual({ invite: null, problem: null, person: null });
});

test("the form accepts an invite as who is signed in, and leads into the workspace", async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  await inviteMember(tenant.scope, { email: user.email, role: "member" });
  const token = await tokenMailedTo(user.email, "tenant_invite");
  const { cookie } = await signIn(user);
  const { args } = callOf("/invite", `${cookie}; invite=${token}`, { intent: "accept" });
  expect(placeOf(await answerOf(invitePage.action(args)))).toBe(`/t/${tenant.slug}`);
  const again = await invitePage.action(
    callOf("/invite", `${cookie}; invite=${token}`, { intent: "accept" }).args,
  );
  expect(again).toMatchObject({ data: { message: "Invite has already been used" } });
});

test("one field invites several addresses, and says at itself which is wrong", async () => {
  const tenant = await makeTenant();
  const [path, cookie] = [`/t/${tenant.slug}/members`, await ownersCookie(tenant)];
  const [first, second] = [address(), address()];
  const form = { intent: "invite", role: "member", message: "" };
  const refused = await membersPage.action(
    callOf(path, cookie, { ...form, emails: `${first}\nnonsense` }).args,
  );
  expect(refused).toMatchObject({ data: { errors: { emails: "Not a valid email address: nonsense." } } });
  const done = await membersPage.action(
    callOf(path, cookie, { ...form, emails: `${first}, ${second}` }).args,
  );
  expect(placeOf(done)).toBe(path);
  const { pending } = await membersPage.loader(callOf(path, cookie).args);
  expect(pending?.items.map(({ email }) => email).sort()).toEqual([first, second].sort());
});

test("who does not manage members gets no invites, no seats and no card of anybody", async () => {
  const tenant = await makeTenant();
  const { cookie } = await makeMember(tenant, "member");
  const path = `/t/${tenant.slug}/members?person=${tenant.owner.id}`;
  const page = await membersPage.loader(callOf(path, cookie).args);
  expect(page).toMatchObject({ pending: null, seats: null, asked: null, viewer: { canManage: false } });
  expect(page.list.items).toHaveLength(2);
});

test("handing a workspace over asks first who is there, when that was long ago", async () => {
  const tenant = await makeTenant();
  const [{ user }, cookie] = [await makeMember(tenant), await ownersCookie(tenant)];
  const path = `/t/${tenant.slug}/members?person=${user.id}&act=transfer`;
  expect(await membersPage.loader(callOf(path, cookie).args)).toMatchObject({ asked: { userId: user.id } });
  travel(11 * 60_000);
  const place = placeOf(await answerOf(membersPage.loader(callOf(path, cookie).args)));
  expect(place).toBe(`/account/confirm?redirectTo=${encodeURIComponent(path)}`);
});
