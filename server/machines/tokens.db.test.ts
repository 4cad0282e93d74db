import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeToken, testIssuer } from "../../tests/factories/machines";
import { makeOperator } from "../../tests/factories/operators";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { internalRequest } from "../request";
import { ROLE_PERMISSIONS } from "../tenants/terms";
import { verifyAccessToken } from "./access-tokens";
import { namedPlace } from "./issuer";
import { sweepMachines } from "./jobs";
import { readRefreshToken } from "./refresh-token";
import { MACHINE_SCOPES, SCOPE_RIGHTS, TENANT_SCOPES } from "./terms";
import { issueToken, refreshToken, revokeToken } from "./tokens";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

afterEach(() => travel(0));

const refresh = (token: string) => refreshToken(token, internalRequest());
const wish = (tenant: { slug: string }) => ({
  tenant: tenant.slug,
  account: "demo-bot",
  scopes: ["conversations:read" as const],
  reason: "Nightly demonstration",
});

async function actionsIn(tenant: TestTenant): Promise<string[]> {
  const rows = await withTenant(tenant.scope, (tx) => tx.auditLog.findMany({ orderBy: { seq: "asc" } }));
  return rows.map(({ action }) => action);
}

test("a pair is issued, used, renewed and revoked, and the workspace's log tells of each", async () => {
  const tenant = await makeTenant();
  const issued = await makeToken(tenant);
  const renewed = await refresh(issued.refreshToken);
  expect(await verifyAccessToken(renewed.accessToken)).toMatchObject({ accountName: "demo-bot" });
  // Whoever works with the older access token goes on until it ends.
  await expect(verifyAccessToken(issued.accessToken)).resolves.toBeDefined();
  const place = await namedPlace(tenant.slug);
  expect(await revokeToken(testIssuer(), place, { tokenId: renewed.tokenId })).toEqual({ wasActive: true });
  expect(await revokeToken(testIssuer(), place, { tokenId: renewed.tokenId })).toEqual({ wasActive: false });
  for (const { accessToken } of [issued, renewed]) {
    await expect(verifyAccessToken(accessToken)).rejects.toMatchObject({ code: "unauthorized" });
  }
  await expect(refresh(renewed.refreshToken)).rejects.toMatchObject({ code: "unauthorized" });
  expect(await actionsIn(tenant)).toEqual([
    "tenant.create",
    "service_account.issue",
    "service_account.refresh",
    "service_account.revoke",
  ]);
});

test("neither token stands in the database, and each row knows the key that signed it", async () => {
  const { refreshToken: secret, accessToken, tokenId } = await makeToken(await makeTenant());
  const row = await platformDb().serviceAccountToken.findUniqueOrThrow({ where: { id: tokenId } });
  const text = JSON.stringify(row, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
  );
  expect(text).not.toContain(secret);
  expect(text).not.toContain(accessToken);
  expect(row.refreshTokenHash).toHaveLength(32);
  expect(await db().signingKey.count({ where: { kid: row.signingKid } })).toBe(1);
});

test("of twenty who renew the same token at once exactly one wins, and nobody is punished for it", async () => {
  const tenant = await makeTenant();
  const issued = await makeToken(tenant);
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(issued.refreshToken)));
  const won = tries.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  expect(won).toHaveLength(1);
  for (const outcome of tries) {
    if (outcome.status === "rejected") {
      expect(outcome.reason).toMatchObject({ code: "unauthorized", details: { reason: "token_used" } });
    }
  }
  await expect(verifyAccessToken(won[0]?.accessToken ?? "")).resolves.toBeDefined();
  await expect(refresh(won[0]?.refreshToken ?? "")).resolves.toBeDefined();
  expect(await actionsIn(tenant)).not.toContain("service_account.token_reused");
});

test("a used refresh token that comes back later ends its whole family, once, and is audited", async () => {
  const tenant = await makeTenant();
  const first = await makeToken(tenant);
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  travel(30 * SECOND_MS);
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(first.refreshToken)));
  expect(tries.every(({ status }) => status === "rejected")).toBe(true);
  for (const { accessToken } of [first, second, third]) {
    await expect(verifyAccessToken(accessToken)).rejects.toMatchObject({ code: "unauthorized" });
  }
  await expect(refresh(third.refreshToken)).rejects.toMatchObject({ code: "unauthorized" });
  const reuses = (await actionsIn(tenant)).filter((action) => action === "service_account.token_reused");
  expect(reuses).toHaveLength(1);
  // Another token of the account is of another family, and a new one can be issued.
  await expect(makeToken(tenant)).resolves.toBeDefined();
});

test("a family that ends while its pairs are renewed leaves nothing that works", async () => {
  const tenant = await makeTenant();
  const place = await namedPlace(tenant.slug);
  for (let round = 0; round < 5; round += 1) {
    const first = await makeToken(tenant);
    const second = await refresh(first.refreshToken);
    const [renewal] = await Promise.allSettled([
      refresh(second.refreshToken).then((third) => refresh(third.refreshToken)),
      revokeToken(testIssuer(), place, { tokenId: first.tokenId }),
      revokeToken(testIssuer(), place, { tokenId: second.tokenId }),
    ]);
    if (renewal.status === "fulfilled") {
      await expect(verifyAccessToken(renewal.value.accessToken)).rejects.toMatchObject({
        code: "unauthorized",
      });
    }
    const left = await platformDb().serviceAccountToken.count({
      where: { tenantId: tenant.id, usedAt: null, revokedAt: null },
    });
    expect(left).toBe(0);
  }
});

test("of twenty who issue the same at once one gets a token; the others hear that there is one", async () => {
  const tenant = await makeTenant();
  const place = await namedPlace(tenant.slug);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => issueToken(testIssuer(), place, wish(tenant))),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const refused = tries.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "conflict" });
  // Other scopes are another place.
  await expect(makeToken(tenant, { scopes: ["tools:read"] })).resolves.toBeDefined();
});

test("a token ends with its lifetime, and its place is free again", async () => {
  const tenant = await makeTenant();
  const scopes = ["conversations:read" as const];
  const issued = await makeToken(tenant, { account: "synthetic-monitor", scopes });
  expect(Date.parse(issued.refreshExpiresAt) - Date.now()).toBeLessThanOrEqual(DAY_MS);
  travel(DAY_MS + SECOND_MS);
  await expect(refresh(issued.refreshToken)).rejects.toMatchObject({ code: "unauthorized" });
  await expect(makeToken(tenant, { account: "synthetic-monitor", scopes })).resolves.toBeDefined();
  travel(120 * DAY_MS);
  await sweepMachines();
  const left = await platformDb().serviceAccountToken.count({ where: { tenantId: tenant.id } });
  expect(left).toBe(0);
});

test("what is no refresh token of ours is refused without a trace", async () => {
  const tenant = await makeTenant();
  const { refreshToken: real } = await makeToken(tenant);
  const known = readRefreshToken(real);
  expect(known?.unverifiedTenantId).toBe(tenant.id);
  const swapped = `${real.slice(0, -6)}${real.slice(-6) === "AAAAAA" ? "BBBBBB" : "AAAAAA"}`;
  for (const text of [
    "",
    "x",
    "parley_rt_",
    `parley_rt_${"A".repeat(86)}`,
    swapped,
    `${real}x`,
    real.slice(1),
  ]) {
    await expect(refresh(text)).rejects.toMatchObject({ code: "unauthorized" });
  }
  await expect(refresh(real)).resolves.toBeDefined();
});

test("an account has the scopes of the catalogue or its own, and no others", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  const { api } = callAs({ cookie });
  await expect(makeToken(tenant, { scopes: ["billing:manage"] })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { scopes: expect.any(String) } },
  });
  await expect(makeToken(tenant, { account: "no-such-account" })).rejects.toMatchObject({ code: "invalid" });
  await expect(
    makeToken(tenant, { account: "support-console", scopes: ["support:*"] }),
  ).rejects.toMatchObject({
    code: "invalid",
  });
  const own = { tenant: tenant.slug, name: "nightly-import", scopes: ["conversations:write" as const] };
  const made = await Promise.allSettled(
    Array.from({ length: 10 }, () => callAs({ cookie }).api.serviceAccounts.createAccount(own)),
  );
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(
    makeToken(tenant, { account: own.name, scopes: ["conversations:read"] }),
  ).rejects.toMatchObject({ code: "invalid" });
  await expect(makeToken(tenant, { account: own.name, scopes: own.scopes })).resolves.toBeDefined();
  await expect(api.serviceAccounts.createAccount({ ...own, name: "demo-bot" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
});

test("a person issues where they manage machines, with no more than their own rights, and says why", async () => {
  const tenant = await makeTenant();
  const { user: member } = await addMember(tenant, "member");
  const { user: admin } = await addMember(tenant, "admin");
  const stranger = await signIn(await makeUser());
  const asMember = await signIn(member);
  const asAdmin = await signIn(admin);
  const issue = (cookie: string, changes: object = {}) =>
    callAs({ cookie }).api.serviceAccounts.issue({ ...wish(tenant), ...changes });
  await expect(issue(stranger.cookie)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(issue(asMember.cookie)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(issue(asAdmin.cookie, { reason: " " })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(issue(asAdmin.cookie, { tenant: "" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await issue(asAdmin.cookie)).toMatchObject({ account: "demo-bot", tenant: tenant.slug });
  travel(20 * 60 * SECOND_MS);
  await expect(issue(asAdmin.cookie)).rejects.toMatchObject({
    cause: { details: { reason: "step_up_required" } },
  });
});

test("the list shows a person the tokens of workspaces they manage, by filters, and nobody else's", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const { user: member } = await addMember(tenant, "member");
  const mine = await makeToken(tenant);
  const theirs = await makeToken(neighbour);
  const owner = await signIn(tenant.owner);
  const list = (filters: object, cookie = owner.cookie) =>
    callAs({ cookie }).api.serviceAccounts.tokens({ page: 1, pageSize: 10, ...filters });
  expect((await list({})).items.map(({ id }) => id)).toEqual([mine.tokenId]);
  expect((await list({}, (await signIn(member)).cookie)).items).toEqual([]);
  expect((await list({ tenant: neighbour.slug })).items).toEqual([]);
  expect((await list({ fingerprint: theirs.fingerprint })).items).toEqual([]);
  expect((await list({ tenant: "none" })).items).toEqual([]);
  const renewed = await refresh(mine.refreshToken);
  const [found] = (await list({ fingerprint: mine.fingerprint, account: "demo-bot", status: "active" }))
    .items;
  expect(found).toMatchObject({ id: renewed.tokenId, state: "active", tenant: { slug: tenant.slug } });
  expect(JSON.stringify(found)).not.toContain(renewed.refreshToken);
  const revoke = (tokenId: string) =>
    callAs({ cookie: owner.cookie }).api.serviceAccounts.revoke({ tokenId });
  await expect(revoke(theirs.tokenId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await revoke(renewed.tokenId)).toEqual({ wasActive: true });
  expect((await list({ status: "active" })).items).toEqual([]);
  expect((await list({ status: "revoked" })).items).toHaveLength(1);
});

test("a platform admin manages the platform's tokens, and ends a leaked one by its fingerprint, with a reason", async () => {
  const tenant = await makeTenant();
  const leaked = await makeToken(tenant);
  const operator = await makeOperator();
  const api = () => callAs({ cookie: operator.cookie }).api.serviceAccounts;
  const console_ = {
    account: "support-console",
    scopes: ["support:*" as const],
    reason: "The desk's console",
  };
  const issued = await api().issue(console_);
  expect(issued.tenant).toBeNull();
  expect((await api().tokens({ page: 1, pageSize: 10, tenant: "none" })).total).toBeGreaterThan(0);
  expect((await api().tokens({ page: 1, pageSize: 10 })).items).toEqual([]);
  const found = await api().tokens({ page: 1, pageSize: 10, fingerprint: leaked.fingerprint });
  expect(found.items.map(({ id }) => id)).toEqual([leaked.tokenId]);
  await expect(api().revoke({ tokenId: leaked.tokenId })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await api().revoke({ tokenId: leaked.tokenId, reason: "Found in a public repository" });
  await expect(verifyAccessToken(leaked.accessToken)).rejects.toMatchObject({ code: "unauthorized" });
  expect(await actionsIn(tenant)).toContain("service_account.revoke");
  const support = await makeOperator("support");
  await expect(callAs({ cookie: support.cookie }).api.serviceAccounts.issue(console_)).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

test("the workspaces whose tokens a person sees are those whose machines their role may manage", () => {
  for (const [role, permissions] of Object.entries(ROLE_PERMISSIONS)) {
    // The policy managers_read names these roles.
    expect(permissions.has("machines.manage"), role).toBe(["owner", "admin"].includes(role));
  }
});

test("a scope gives nothing that its role does not hold", () => {
  for (const scope of MACHINE_SCOPES) {
    const rights = SCOPE_RIGHTS[scope];
    if (rights.in !== "tenant") continue;
    for (const permission of rights.permissions) {
      expect(ROLE_PERMISSIONS[rights.role].has(permission), `${scope} ${permission}`).toBe(true);
    }
  }
  expect(TENANT_SCOPES).toContain("activity:read");
});
