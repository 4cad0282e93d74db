import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { config, resetConfig } from "../server/platform/config";
import { db } from "../server/platform/db";
import { AppError } from "../server/platform/errors";
import { queueMail } from "../server/platform/mailer";
import { internalRequest } from "../server/request";
import { makeTenant, type TestTenant } from "../tests/factories/tenants";
import { makeUser, signIn } from "../tests/factories/users";
import { api } from "./api.server";
import type { RouteArgs } from "./http.server";
import { redirectWithToast, submitForm, takeToast, toResponse } from "./http.server";
import {
  allowDevelopment,
  allowPublic,
  redirectEnded,
  redirectSignedIn,
  requireMember,
  requireUser,
} from "./session.server";

interface PageModule {
  loader?: (args: RouteArgs) => Promise<unknown>;
}

const firstPages = import.meta.glob<PageModule>("./routes/_index.tsx");

let tenant: TestTenant;
let member: string;
let unverified: string;

beforeAll(async () => {
  tenant = await makeTenant();
  member = (await signIn(tenant.owner)).cookie;
  unverified = (await signIn(await makeUser({ isVerified: false }))).cookie;
});

function argsOf(
  path: string,
  traits: { cookie?: string; tenant?: string; body?: URLSearchParams } = {},
): RouteArgs {
  const headers = new Headers(traits.cookie === undefined ? {} : { cookie: traits.cookie });
  const init = traits.body === undefined ? { headers } : { headers, method: "POST", body: traits.body };
  return {
    request: new Request(`http://localhost:3000${path}`, init),
    params: traits.tenant === undefined ? {} : { tenant: traits.tenant },
    context: { info: internalRequest({ url: path }) },
  };
}

async function thrownBy(work: () => unknown): Promise<Response> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Response) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("a visitor goes to sign-in and comes back to where they wanted", async () => {
  for (const guard of [requireUser, requireMember]) {
    const response = await thrownBy(() => guard(argsOf("/t/acme/chat?q=a+b", { tenant: "acme" })));
    expect(response.headers.get("location")).toBe("/login?redirectTo=%2Ft%2Facme%2Fchat%3Fq%3Da%2Bb");
  }
  const data = await thrownBy(() => requireUser(argsOf("/account/profile.data?_routes=x")));
  expect(data.headers.get("location")).toBe("/login?redirectTo=%2Faccount%2Fprofile");
});

test("an unverified person reaches verification and nothing else", async () => {
  const args = () => argsOf("/account", { cookie: unverified });
  expect((await thrownBy(() => requireUser(args()))).headers.get("location")).toBe("/verify-email");
  expect((await thrownBy(() => api(args()).tenants.list())).headers.get("location")).toBe("/verify-email");
  expect(await allowPublic(args())).toMatchObject({ emailVerified: false });
});

test("a stranger sees the 404 of a workspace that does not exist", async () => {
  const stranger = (await signIn(await makeUser())).cookie;
  const [foreign, absent] = await Promise.all(
    [tenant.slug, "no-such-workspace"].map((slug) =>
      thrownBy(() => requireMember(argsOf("/", { cookie: stranger, tenant: slug }))),
    ),
  );
  expect([foreign?.status, absent?.status]).toEqual([404, 404]);
  const texts = await Promise.all([foreign?.json(), absent?.json()]);
  expect({ ...texts[0], requestId: "" }).toEqual({ ...texts[1], requestId: "" });
});

test("a member has the scope of the route's tenant, by one lookup for all loaders of a request", async () => {
  const args = argsOf("/", { cookie: member, tenant: tenant.slug });
  const [first, second] = await Promise.all([requireMember(args), requireMember(args)]);
  expect(first.scope).toMatchObject({ tenantId: tenant.id, role: "owner" });
  expect(second.scope).toBe(first.scope);
});

test("who is signed in does not see sign-in, and is never led outside", async () => {
  const ask = (to: string) =>
    thrownBy(() =>
      redirectSignedIn(argsOf(`/login?redirectTo=${encodeURIComponent(to)}`, { cookie: member })),
    );
  expect((await ask("/t/acme")).headers.get("location")).toBe("/t/acme");
  expect((await ask("https://evil.example")).headers.get("location")).toBe("/");
  await redirectSignedIn(argsOf("/login"));
});

test("where addresses need no confirmation, the first page leads on without one", async () => {
  const firstPage = await firstPages["./routes/_index.tsx"]?.();
  const args = () => argsOf("/", { cookie: unverified });
  const lead = async () => {
    const answers = [
      await thrownBy(() => redirectSignedIn(args())),
      await thrownBy(() => firstPage?.loader?.(args())),
    ];
    return answers.map(({ headers }) => headers.get("location"));
  };
  expect(await lead()).toEqual(["/verify-email", "/verify-email"]);
  process.env["REQUIRE_EMAIL_VERIFICATION"] = "false";
  resetConfig();
  expect(await lead()).toEqual(["/", "/account/workspaces"]);
  delete process.env["REQUIRE_EMAIL_VERIFICATION"];
  resetConfig();
});

test("who waits for a confirmation that ended their session is led to the sign-in, once", async () => {
  const { cookie, session } = await signIn(await makeUser({ isVerified: false }));
  await redirectEnded(argsOf("/verify-email", { cookie }));
  await db().session.update({ where: { id: session.sessionId }, data: { revokedAt: new Date() } });
  const args = argsOf("/verify-email", { cookie });
  expect((await thrownBy(() => redirectEnded(args))).headers.get("location")).toBe("/login");
  expect(args.context.info.reply.cookies).toEqual([expect.stringMatching(/^sid=;.*Max-Age=0/)]);
  await redirectEnded(argsOf("/verify-email"));
});

test("development pages are not there in production", async () => {
  allowDevelopment(argsOf("/dev/mail"));
  config().isProduction = true;
  const response = await thrownBy(() => allowDevelopment(argsOf("/dev/mail")));
  config().isProduction = false;
  expect(response.status).toBe(404);
});

const developmentPages = Object.entries(import.meta.glob<PageModule>("./routes/dev.*.tsx"));

test.each(developmentPages)(
  "%s shows the mail of this copy, and in production is not there",
  async (_, load) => {
    const { loader } = await load();
    if (loader === undefined) return;
    const subject = `Subject ${randomUUID()}`;
    const mail = { template: "verification", subject, text: "Text", html: "<p>Text</p>" };
    await db().$transaction((tx) => queueMail(tx, { to: "reader@mail.example", ...mail }));
    const { id: mailId } = await db().outgoingMail.findFirstOrThrow({ where: { subject } });
    const ask = () => loader({ ...argsOf("/dev/mail"), params: { mailId } });
    expect(JSON.stringify(await ask())).toContain(subject);
    config().isProduction = true;
    const { status } = await thrownBy(ask);
    config().isProduction = false;
    expect(status).toBe(404);
  },
);

test("a form shows what it can, and passes on what only a page can", async () => {
  const post = (error: AppError) => {
    const args = argsOf("/x", { body: new URLSearchParams({ name: "n", password: "p" }) });
    return submitForm(args, z.object({ name: z.string() }), async () => {
      throw toResponse(error, args);
    });
  };
  const shown = await post(
    new AppError("conflict", "Taken.", { fields: { name: "Taken." }, retryAfterSeconds: 9 }),
  );
  expect(shown).toMatchObject({
    init: { status: 409, headers: { "Retry-After": "9" } },
    data: { ok: false, message: "Taken.", errors: { name: "Taken." }, values: { name: "n" } },
  });
  const gone = await thrownBy(() => post(new AppError("not_found", "Gone.")));
  expect(gone.status).toBe(404);
});

test("a toast travels once, and only one that we signed", () => {
  const leaving = argsOf("/a");
  const response = redirectWithToast(leaving, "/b", { kind: "success", message: "Saved." });
  expect(response.headers.get("location")).toBe("/b");
  const cookie = leaving.context.info.reply.cookies[0]?.split(";")[0] ?? "";
  const arriving = argsOf("/b", { cookie });
  expect(takeToast(arriving)).toEqual({ kind: "success", message: "Saved." });
  expect(arriving.context.info.reply.cookies[0]).toContain("Max-Age=0");
  const forged = `toast=${Buffer.from('{"kind":"error","message":"Call 555"}').toString("base64url")}.x`;
  expect(takeToast(argsOf("/b", { cookie: forged }))).toBeNull();
  expect(takeToast(argsOf("/b"))).toBeNull();
});
