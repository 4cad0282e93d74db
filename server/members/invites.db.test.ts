import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../tests/factories/mails";
import { addMember, makeMember, makeTenant, putOnPlan } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { platformDb } from "../platform/db";
import { TEXT_NO_LINKS, TEXT_RANK } from "./terms";

let last = 0;
const address = () => `guest-${last++}@invites.example`;

async function makeAdmin() {
  const tenant = await makeTenant();
  const { cookie, user } = await makeMember(tenant, "admin");
  const api = () => callAs({ cookie, tenantSlug: tenant.slug }).api.members;
  return { tenant, user, api };
}

test("several people are invited at once, each with a mail of one link, the role and the message", async () => {
  const { api, tenant } = await makeAdmin();
  const [first, second] = [address(), address()];
  const emails = `${first.toUpperCase()}, ${second}\n${first}` as unknown as string[];
  const { inviteIds } = await api().invitePeople({ emails, role: "viewer", message: " Come\n and see! " });
  expect(inviteIds).toHaveLength(2);
  for (const email of [first, second]) {
    const [mail, ...others] = await mailsTo(email);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ template: "tenant_invite" });
    expect(mail?.links).toHaveLength(1);
    expect(mail?.links[0]).toMatch(/\/invite\?token=[\w-]{43}$/);
    expect(mail?.text).toContain("as viewer");
    expect(mail?.text).toContain("“Come and see!”");
    expect(mail?.text).toContain(tenant.name);
  }
  const { items } = await api().invites();
  expect(items.map(({ email, role }) => [email, role]).sort()).toEqual([
    [first, "viewer"],
    [second, "viewer"],
  ]);
});

test("no secret of an invite is stored", async () => {
  const { api } = await makeAdmin();
  const email = address();
  const { inviteId } = await api().invite({ email, role: "member" });
  const mailed = await tokenMailedTo(email, "tenant_invite");
  const { link } = await api().copyInviteLink({ inviteId });
  const copied = new URL(link).searchParams.get("token") ?? "none";
  const rows = await platformDb().$queryRaw<{ row: string }[]>`SELECT i::text AS row FROM tenant_invites i`;
  for (const { row } of rows) {
    expect(row).not.toContain(mailed);
    expect(row).not.toContain(copied);
    expect(row).not.toContain(Buffer.from(mailed).toString("hex"));
  }
});

test("nobody invites above their own role, members again, or the same address twice; all or none are invited", async () => {
  const { api, tenant } = await makeAdmin();
  await expect(api().invite({ email: address(), role: "owner" })).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: TEXT_RANK,
  });
  const email = address();
  await api().invite({ email, role: "admin" });
  const fresh = address();
  for (const known of [email, tenant.owner.email]) {
    await expect(api().invitePeople({ emails: [fresh, known], role: "member" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      cause: { details: { fields: { emails: expect.stringContaining(known) } } },
    });
  }
  expect(await mailsTo(fresh)).toEqual([]);
  expect((await api().invites()).items).toHaveLength(1);
});

test("a message with a link, a broken address and more than twenty of them are refused at their fields", async () => {
  const { api } = await makeAdmin();
  const invite = (emails: string[], message?: string) =>
    api()
      .invitePeople({ emails, role: "member", message })
      .catch(
        (error: { cause: { details: { fields: Record<string, string> } } }) => error.cause.details.fields,
      );
  expect(await invite([address()], "See https://phish.example")).toEqual({ message: TEXT_NO_LINKS });
  expect(Object.keys((await invite([address(), "not an address"])) ?? {})).toEqual(["emails"]);
  expect(Object.keys((await invite(Array.from({ length: 21 }, address))) ?? {})).toEqual(["emails"]);
  expect(Object.keys((await invite([])) ?? {})).toEqual(["emails"]);
});

test("members and viewers neither invite nor see invites", async () => {
  const { tenant, api } = await makeAdmin();
  const { inviteId } = await api().invite({ email: address(), role: "member" });
  for (const role of ["member", "viewer"] as const) {
    const { cookie } = await makeMember(tenant, role);
    const members = callAs({ cookie, tenantSlug: tenant.slug }).api.members;
    const tries = [
      () => members.invites(),
      () => members.seats(),
      () => members.invite({ email: address(), role: "viewer" }),
      () => members.revokeInvite({ inviteId }),
      () => members.resendInvite({ inviteId }),
      () => members.copyInviteLink({ inviteId }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
});

test("an admin cannot touch an owner's invite of an owner, and a neighbour finds none", async () => {
  const { tenant, api } = await makeAdmin();
  const owner = await signIn(tenant.owner);
  const ownerApi = callAs({ cookie: owner.cookie, tenantSlug: tenant.slug }).api.members;
  const { inviteId } = await ownerApi.invite({ email: address(), role: "owner" });
  await expect(api().copyInviteLink({ inviteId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  const neighbour = await makeAdmin();
  for (const name of ["revokeInvite", "resendInvite", "copyInviteLink"] as const) {
    await expect(neighbour.api()[name]({ inviteId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});

test("sending again makes a new link and time, and revoking ends it; a closed invite stays closed", async () => {
  const { api } = await makeAdmin();
  const email = address();
  const { inviteId } = await api().invite({ email, role: "member" });
  const first = await tokenMailedTo(email, "tenant_invite");
  await api().resendInvite({ inviteId });
  const second = await tokenMailedTo(email, "tenant_invite");
  expect(second).not.toBe(first);
  const preview = (token: string) => callAs().api.members.previewInvite({ token });
  await expect(preview(first)).rejects.toMatchObject({ message: "Invite is not valid" });
  expect(await preview(second)).toMatchObject({ email, role: "member", provesMailbox: true });
  await api().revokeInvite({ inviteId });
  await expect(preview(second)).rejects.toMatchObject({ message: "Invite is not valid" });
  await expect(api().revokeInvite({ inviteId })).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(api().resendInvite({ inviteId })).rejects.toMatchObject({ code: "CONFLICT" });
});

test("an expired invite stays in the list until it is sent again, and makes room for a new one", async () => {
  const { api } = await makeAdmin();
  const email = address();
  await api().invite({ email, role: "member" });
  await platformDb().tenantInvite.updateMany({ where: { email }, data: { expiresAt: new Date(0) } });
  const [item] = (await api().invites()).items;
  expect(item).toMatchObject({ email, isExpired: true });
  await expect(api().copyInviteLink({ inviteId: item?.inviteId ?? "" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await api().invite({ email, role: "viewer" });
  expect((await api().invites()).items).toMatchObject([{ role: "viewer", isExpired: false }]);
});

test("five invites of one address at once leave one that is open", async () => {
  const { api } = await makeAdmin();
  const email = address();
  const tries = Array.from({ length: 5 }, () => api().invite({ email, role: "member" }));
  const outcomes = await Promise.allSettled(tries);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await api().invites()).items).toHaveLength(1);
});

test("an address gets few mails in an hour, whichever workspace asks", async () => {
  const email = address();
  for (let count = 0; count < 5; count += 1) {
    const { api } = await makeAdmin();
    await api().invite({ email, role: "member" });
  }
  const { api } = await makeAdmin();
  await expect(api().invite({ email, role: "member" })).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
});

test("what a seat costs and how many are taken is said before inviting", async () => {
  const { api, tenant } = await makeAdmin();
  await addMember(tenant);
  await api().invite({ email: address(), role: "member" });
  const price =
    "One more seat costs nothing during the trial, and $19.00 a month on the Starter plan after it.";
  expect(await api().seats()).toEqual({ used: 3, invited: 1, limit: 10, price });
  await putOnPlan(tenant, "enterprise");
  expect(await api().seats()).toEqual({ used: 3, invited: 1, limit: null, price: null });
});
