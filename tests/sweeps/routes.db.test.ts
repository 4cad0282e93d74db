// Every loader and action of app/routes, called for things of others: a workspace one does not belong to, conversations
// and sessions of somebody else. Each answers 404, as for what does not exist. A new route fails until it is in the table.
import { basename } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { internalRequest } from "../../server/request";
import { certify } from "./certify";
import { digestOf, type Ground, makeGround } from "./ground";

type Handler = (args: object) => Promise<unknown>;

interface RouteModule {
  loader?: Handler;
  action?: Handler;
}

interface RouteEntry {
  /** Who may see it: anyone, who is signed in, a member of the tenant, an operator. */
  door: "public" | "user" | "tenant" | "operator";
  /** What the route's parameters name, as the owner has it; present when the page itself is somebody's. */
  params?: (ids: Ground["ids"]) => Record<string, string>;
  /** A form that its action takes, naming something of the owner where it can. */
  form?: (ids: Ground["ids"]) => Record<string, string>;
  /** The form names something of the owner: 404 for anyone else, also with rights of their own. */
  isNamingForm?: true;
  /** What the form names belongs to the workspace: its admins, the colleague among them, change it too. */
  isShared?: true;
  /** Admins find it too, who may see what everybody uses: the colleague who does not is a viewer. */
  isForAdmins?: true;
}

const open: RouteEntry = { door: "public" };
const message = () => ({ text: "Sweep", clientMessageId: "sweep-1" });
const conversation = ({ conversationId }: Ground["ids"]) => ({ conversationId });

const TABLE: Record<string, RouteEntry> = {
  "$.tsx": open,
  "[.]well-known.jwks[.]json.ts": open,
  "_auth.keep-account.tsx": open,
  "_auth.2fa.setup.tsx": open,
  "_auth.2fa.verify.tsx": open,
  "_auth.invite.tsx": open,
  "_auth.login.tsx": open,
  "_auth.logout.tsx": open,
  "_auth.register.tsx": open,
  "_auth.request-access.tsx": open,
  "_auth.change-email.$step.tsx": open,
  "_auth.forgot-password.tsx": open,
  "_auth.reset-password.tsx": open,
  "_auth.tsx": open,
  "_auth.verify-email.tsx": open,
  "_index.tsx": open,
  "account._index.tsx": { door: "user" },
  "account.automation._index.tsx": { door: "user" },
  "account.automation.accounts.tsx": { door: "user" },
  "account.automation.issue.tsx": { door: "user" },
  "account.avatar.ts": { door: "user" },
  "account.data.tsx": { door: "user", form: () => ({ intent: "copy" }) },
  "account.data_.$exportId.ts": { door: "user", params: ({ exportId }) => ({ exportId }) },
  "account.confirm.tsx": { door: "user" },
  "account.profile.tsx": { door: "user" },
  "account.security.tsx": { door: "user" },
  "account.sessions.tsx": {
    door: "user",
    form: ({ sessionId }) => ({ intent: "revoke", sessionId }),
    isNamingForm: true,
  },
  "account.tsx": { door: "user" },
  "account.workspaces.tsx": { door: "user", form: () => ({ intent: "create", name: "" }) },
  "account.workspaces_.$deletionId.ts": { door: "user" },
  "admin._index.tsx": { door: "operator" },
  "admin.access.tsx": { door: "operator" },
  "admin.audit-logs._index.tsx": { door: "operator" },
  "admin.audit-logs_.export.ts": { door: "operator" },
  "admin.billing.tsx": { door: "operator" },
  "admin.billing._index.tsx": { door: "operator", form: () => ({ intent: "reconcile" }) },
  "admin.billing.accounts.$tenantId.tsx": { door: "operator" },
  "admin.billing.adjustments.tsx": { door: "operator" },
  "admin.billing.costs.tsx": { door: "operator" },
  "admin.billing.differences.tsx": { door: "operator", form: () => ({ intent: "compare" }) },
  "admin.billing.events._index.tsx": { door: "operator" },
  "admin.billing.events.$eventId.tsx": { door: "operator" },
  "admin.billing.holds.tsx": { door: "operator" },
  "admin.billing.rates._index.tsx": { door: "operator" },
  "admin.billing.rates.$card.tsx": { door: "operator", form: () => ({ intent: "begin" }) },
  "admin.ledger_.export[.]csv.ts": { door: "operator" },
  "admin.tsx": { door: "operator" },
  "admin.system.tsx": { door: "operator" },
  "admin.tenants.$tenantId.tsx": { door: "operator" },
  "admin.tenants._index.tsx": { door: "operator" },
  "admin.users.$userId.tsx": { door: "operator" },
  "admin.users._index.tsx": { door: "operator" },
  "csp-report.ts": open,
  "dev.mail.$mailId.tsx": open,
  "dev.mail._index.tsx": open,
  "dev.mail.tsx": open,
  "healthz.ts": open,
  "metrics.ts": open,
  "readyz.ts": open,
  "t.$tenant.$.tsx": { door: "tenant" },
  "t.$tenant._index.tsx": { door: "tenant" },
  "t.$tenant.agents.tsx": { door: "tenant" },
  "t.$tenant.audit._index.tsx": { door: "tenant" },
  "t.$tenant.audit_.export.ts": { door: "tenant" },
  "t.$tenant.billing._index.tsx": {
    door: "tenant",
    form: () => ({ intent: "policy", policy: "warn", threshold: "5" }),
  },
  "t.$tenant.billing_.ledger.ts": { door: "tenant" },
  "t.$tenant.billing.invoices.tsx": { door: "tenant" },
  "t.$tenant.billing.plan.tsx": { door: "tenant", form: () => ({ intent: "cancel" }) },
  "t.$tenant.limits.tsx": {
    door: "tenant",
    form: ({ limitRequestId }) => ({ intent: "decide", requestId: limitRequestId, decision: "decline" }),
    isNamingForm: true,
    isShared: true,
  },
  "t.$tenant.billing.events.tsx": { door: "tenant" },
  "t.$tenant.billing.tsx": { door: "tenant" },
  "t.$tenant.billing_.usage.tsx": { door: "tenant" },
  "t.$tenant.billing_.usage_.export.ts": { door: "tenant" },
  "t.$tenant.chat.$conversationId.tsx": { door: "tenant", params: conversation, form: message },
  "t.$tenant.chat._index.tsx": { door: "tenant", form: message },
  "t.$tenant.chat.archived.tsx": { door: "tenant" },
  "t.$tenant.chat.tsx": { door: "tenant" },
  "t.$tenant.chat_.$conversationId_.export.ts": { door: "tenant", params: conversation },
  "t.$tenant.members.tsx": {
    door: "tenant",
    form: ({ inviteId }) => ({ intent: "revoke", inviteId }),
    isNamingForm: true,
    isShared: true,
  },
  "t.$tenant.receipts.$messageId.tsx": {
    door: "tenant",
    params: ({ assistantMessageId }) => ({ messageId: assistantMessageId }),
    isForAdmins: true,
  },
  "t.$tenant.settings.tsx": {
    door: "tenant",
    form: () => ({ intent: "general", version: "1", name: "Sweep" }),
  },
  "t.$tenant.support-access.tsx": {
    door: "tenant",
    form: ({ liveGrantId }) => ({ intent: "end", grantId: liveGrantId }),
    isNamingForm: true,
    isShared: true,
  },
  "t.$tenant.tsx": { door: "tenant" },
  "theme.ts": open,
  "webhooks.stripe.ts": open,
};

const modules = Object.fromEntries(
  Object.entries(import.meta.glob<RouteModule>("../../app/routes/*.{ts,tsx}"))
    .map(([path, load]) => [basename(path), load] as const)
    .filter(([name]) => !/\.test\.tsx?$/.test(name)),
);

let ground: Ground;
let untouched: string;

beforeAll(async () => {
  ground = await makeGround();
  untouched = await digestOf();
});

certify("routes", () => closedRoutes.length);

interface Visit {
  name: string;
  kind: "loader" | "action";
  cookie: string | null;
  tenantSlug: string;
}

/** The status of what the route answers or throws; null when it has no such handler. */
async function visit({
  name,
  kind,
  cookie,
  tenantSlug,
}: Visit): Promise<{ status: number; to: string | null } | null> {
  const handler = (await modules[name]?.())?.[kind];
  if (handler === undefined) return null;
  const entry = TABLE[name];
  const params = { tenant: tenantSlug, ...entry?.params?.(ground.ids) };
  const request = new Request(`http://localhost:3000/${name}`, {
    headers: cookie === null ? {} : { cookie },
    ...(kind === "action" ? { method: "POST", body: new URLSearchParams(entry?.form?.(ground.ids)) } : {}),
  });
  try {
    return answerOf(await handler({ request, params, context: { info: internalRequest() } }));
  } catch (thrown) {
    if (!(thrown instanceof Response)) throw thrown;
    return answerOf(thrown);
  }
}

function answerOf(answer: unknown): { status: number; to: string | null } {
  if (answer instanceof Response) return { status: answer.status, to: answer.headers.get("location") };
  const init = (answer as { init?: ResponseInit } | null)?.init;
  return { status: init?.status ?? 200, to: null };
}

test("the sweep covers every route, and no other", () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(modules).sort());
});

const tenantRoutes = Object.keys(TABLE).filter((name) => TABLE[name]?.door === "tenant");
const operatorRoutes = Object.keys(TABLE).filter((name) => TABLE[name]?.door === "operator");
const closedRoutes = Object.keys(TABLE).filter((name) => TABLE[name]?.door !== "public");
const owned = Object.keys(TABLE).filter((name) => TABLE[name]?.params ?? TABLE[name]?.isNamingForm);

test("a form that is made of the owner's ids is tried by others", () => {
  const made: string[] = [];
  for (const [name, { form, isNamingForm }] of Object.entries(TABLE)) {
    const ids = Object.values(ground.ids);
    const isNaming = Object.values(form?.(ground.ids) ?? {}).some((value) => ids.includes(value));
    if (isNaming && !isNamingForm) made.push(name);
  }
  expect(made).toEqual([]);
});

test("a route under /admin is operators'", () => {
  expect(operatorRoutes.sort()).toEqual(
    Object.keys(modules)
      .filter((name) => name.startsWith("admin"))
      .sort(),
  );
});

test("a route under /t/:tenant is a tenant's", () => {
  expect(tenantRoutes.sort()).toEqual(
    Object.keys(modules)
      .filter((name) => name.startsWith("t.$tenant"))
      .sort(),
  );
});

describe.each(["loader", "action"] as const)("%s", (kind) => {
  test.each(tenantRoutes)(
    "neither a stranger nor an operator finds %s in the owner's workspace",
    async (name) => {
      for (const { cookie } of [ground.stranger, ground.operator]) {
        const answer = await visit({ name, kind, cookie, tenantSlug: ground.tenant.slug });
        if (answer) expect(answer.status).toBe(404);
      }
      expect(await digestOf()).toBe(untouched);
    },
  );

  test.each(owned)("neighbour and colleague do not find the owner's things at %s", async (name) => {
    const { isForAdmins, isShared } = TABLE[name] ?? {};
    const colleague = isForAdmins ? ground.viewer : ground.colleague;
    const visitors = [{ cookie: ground.stranger.cookie, tenantSlug: ground.neighbour.slug }];
    if (!isShared) visitors.push({ cookie: colleague.cookie, tenantSlug: ground.tenant.slug });
    for (const visitor of visitors) {
      if (kind === "loader" && TABLE[name]?.params === undefined) continue;
      const answer = await visit({ name, kind, ...visitor });
      if (answer) expect(answer.status).toBe(404);
    }
    expect(await digestOf()).toBe(untouched);
  });

  test.each(closedRoutes)("a visitor is led from %s to the sign-in", async (name) => {
    const answer = await visit({ name, kind, cookie: null, tenantSlug: ground.tenant.slug });
    if (answer) expect(answer).toMatchObject({ status: 302, to: expect.stringMatching(/^\/login/) });
    expect(await digestOf()).toBe(untouched);
  });

  test.each(operatorRoutes)("somebody without a platform role may not enter %s", async (name) => {
    for (const { cookie } of [ground.owner, ground.stranger]) {
      const answer = await visit({ name, kind, cookie, tenantSlug: ground.tenant.slug });
      if (answer) expect(answer.status).toBe(403);
    }
    expect(await digestOf()).toBe(untouched);
  });

  test.each(tenantRoutes)("someone unverified is led from %s to the confirmation", async (name) => {
    const answer = await visit({
      name,
      kind,
      cookie: ground.unverified.cookie,
      tenantSlug: ground.tenant.slug,
    });
    if (answer) expect(answer).toMatchObject({ status: 302, to: expect.stringMatching(/^\/verify-email/) });
    expect(await digestOf()).toBe(untouched);
  });
});

test.each(tenantRoutes)("the owner finds %s", async (name) => {
  const answer = await visit({
    name,
    kind: "loader",
    cookie: ground.owner.cookie,
    tenantSlug: ground.tenant.slug,
  });
  if (answer) expect(answer.status).toBe(name === "t.$tenant.$.tsx" ? 404 : 200);
});
