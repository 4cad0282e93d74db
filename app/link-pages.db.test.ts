// Pages that links in mails lead to: the secret leaves the address at once, and waits in a cookie for the form.

import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { issueVerification } from "../server/auth/address/verification";
import { linkCookie, type WaitingLink } from "../server/auth/link-cookie";
import { db } from "../server/platform/db";
import { internalRequest } from "../server/request";
import { callAs } from "../tests/factories/callers";
import { tokenMailedTo } from "../tests/factories/mails";
import { makeUser, signIn, type TestUser } from "../tests/factories/users";

type Handler = (args: object) => Promise<unknown>;

interface Page {
  loader: Handler;
  action: Handler;
}

const pages = import.meta.glob<Page>("./routes/_auth.*.tsx");

interface Visit {
  path: string;
  cookies?: string[];
  form?: Record<string, string>;
}

/** What the page's loader, or its action for a form, answers or throws, and the cookies it sets. */
async function visit(file: string, { path, cookies = [], form }: Visit) {
  const page = await pages[`./routes/_auth.${file}.tsx`]?.();
  const url = new URL(path, "http://localhost:3000");
  const request = new Request(url, {
    headers: { cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") },
    ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
  });
  const info = internalRequest({ url: path });
  const handle = form ? page?.action : page?.loader;
  const params = { step: url.pathname.split("/")[2] };
  const answer = await handle?.({ request, params, context: { info } }).catch((thrown: unknown) => thrown);
  const to = answer instanceof Response ? answer.headers.get("location") : null;
  return { answer, to, cookies: info.reply.cookies };
}

const LINKS: [file: string, path: string, link: WaitingLink, parameter: string][] = [
  ["reset-password", "/reset-password", "reset", "token"],
  ["invite", "/invite", "invite", "token"],
  ["verify-email", "/verify-email", "verify", "token"],
  ["register", "/register", "signup", "invite"],
  ["change-email.$step", "/change-email/confirm", "confirm-email", "token"],
  ["change-email.$step", "/change-email/cancel", "undo-email", "token"],
  ["keep-account", "/keep-account", "keep-account", "token"],
];

test.each(LINKS)(
  "%s: the secret at %s leaves the address for a cookie",
  async (file, path, link, parameter) => {
    const token = randomBytes(32).toString("base64url");
    const opened = await visit(file, { path: `${path}?${parameter}=${token}&from=mail` });
    expect(opened).toMatchObject({ to: `${path}?from=mail`, cookies: [linkCookie(link, token)] });
    const clean = await visit(file, { path, cookies: opened.cookies });
    expect(clean.to).toBeNull();
    expect(clean.cookies).toEqual([]);
  },
);

async function makePending(): Promise<{ user: TestUser; cookies: string[] }> {
  const user = await makeUser({ isVerified: false });
  await db().$transaction((tx) => issueVerification(tx, user));
  return { user, cookies: [linkCookie("verify", await tokenMailedTo(user.email))] };
}

const confirm = { path: "/verify-email", form: { intent: "confirm" } };

test("showing the page of a link confirms nothing; its form does, once, and forgets the link", async () => {
  const { user, cookies } = await makePending();
  const isConfirmed = async () =>
    (await db().user.findUniqueOrThrow({ where: { id: user.id } })).emailVerifiedAt !== null;
  const shown = await visit("verify-email", { path: "/verify-email", cookies });
  expect(shown.answer).toEqual({ hasLink: true, email: null });
  expect(await isConfirmed()).toBe(false);
  const sent = await visit("verify-email", { ...confirm, cookies });
  expect(sent.answer).toMatchObject({
    data: { ok: true, isConfirmed: true },
    init: { headers: { Refresh: "3; url=/login?verified=1" } },
  });
  expect(sent.cookies).toEqual([expect.stringMatching(/^verify=; Max-Age=0/)]);
  expect(await isConfirmed()).toBe(true);
  const again = await visit("verify-email", { ...confirm, cookies });
  expect(again.answer).toMatchObject({ data: { ok: false, reason: "token_used" }, init: { status: 400 } });
});

test("a browser that is signed in when it confirms gets its new session with the answer", async () => {
  const { user, cookies } = await makePending();
  const { cookie } = await signIn(user);
  const sent = await visit("verify-email", { ...confirm, cookies: [...cookies, cookie] });
  const renewed = sent.cookies.find((set) => set.startsWith("sid="))?.split(";")[0] ?? "";
  expect(renewed).not.toBe(cookie);
  await expect(callAs({ cookie: renewed }).api.auth.me()).resolves.toMatchObject({ emailVerified: true });
});

test("the link of an invite fills in the form's field", async () => {
  const invite = randomBytes(32).toString("base64url");
  const { answer } = await visit("register", { path: "/register", cookies: [linkCookie("signup", invite)] });
  expect(answer).toMatchObject({ invite, needsInvite: expect.any(Boolean) });
});
