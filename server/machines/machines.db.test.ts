import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loader as jwks } from "../../app/routes/[.]well-known.jwks[.]json";
import { callAs } from "../../tests/factories/callers";
import { startTestServer, type TestServer } from "../../tests/factories/http";
import { makeToken, testIssuer } from "../../tests/factories/machines";
import { makeOperator } from "../../tests/factories/operators";
import { makeTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { platformDb } from "../platform/db";
import { LIMITS } from "../platform/limit-table";
import { consumeLimits } from "../platform/rate-limit";
import { withTenant } from "../platform/tenant-db";
import { internalRequest } from "../request";
import { namedPlace } from "./issuer";
import { readJwks } from "./keys/jwks";
import { assertMachineKeysPresent } from "./keys/present";
import { daysOverdue, generateKeys, resealKeys, rotateKeys } from "./keys/signing-keys";
import { revokeToken } from "./tokens";

const DAY_MS = 86_400_000;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ "/.well-known/jwks.json": { loader: jwks as never } });
});

afterEach(() => travel(0));
afterAll(async () => {
  await server.close();
});

const JSON_TYPE = { "content-type": "application/json" };

test("a machine chats over HTTP with its token alone, as itself, until the token is revoked", async () => {
  const tenant = await makeTenant();
  const { authorization, tokenId } = await makeToken(tenant);
  const create = () =>
    server.ask("/trpc/conversations.create", {
      method: "POST",
      headers: { ...JSON_TYPE, authorization },
      body: "{}",
    });
  const made = await create();
  expect(made.status, made.body).toBe(200);
  const [row] = await withTenant(tenant.scope, (tx) => tx.conversation.findMany());
  const account = await platformDb().serviceAccount.findFirstOrThrow({ where: { tenantId: tenant.id } });
  expect(row?.userId).toBe(account.id);
  const { cookie } = await signIn(tenant.owner);
  const own = await callAs({ cookie, tenantSlug: tenant.slug }).api.conversations.list({ limit: 10 });
  expect(own.items).toEqual([]);
  await revokeToken(testIssuer(), await namedPlace(tenant.slug), { tokenId });
  const refused = await create();
  expect(refused.status).toBe(401);
  expect(refused.json()).toMatchObject({
    error: { data: { code: "UNAUTHORIZED", reason: "token_invalid" } },
  });
});

test("the gate lets a bearer through without a page's origin, and nothing that has a cookie beside it", async () => {
  const { authorization } = await makeToken(await makeTenant());
  const post = (headers: Record<string, string>) =>
    server.ask("/trpc/conversations.create", {
      method: "POST",
      headers: { ...JSON_TYPE, ...headers },
      body: "{}",
    });
  expect((await post({ authorization })).status).toBe(200);
  expect((await post({ authorization, cookie: "a=b" })).status).toBe(403);
  expect((await post({ authorization: "Bearer nonsense" })).status).toBe(401);
  expect((await post({})).status).toBe(403);
});

test("a machine renews its pair over HTTP with the refresh token alone, as bearer or beside an origin", async () => {
  const first = await makeToken(await makeTenant());
  const renew = (headers: Record<string, string>, body: object = {}) =>
    server.ask("/trpc/serviceAccounts.refresh", {
      method: "POST",
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify(body),
    });
  const renewed = await renew({ authorization: `Bearer ${first.refreshToken}` });
  expect(renewed.status, renewed.body).toBe(200);
  const { data } = (renewed.json() as { result: { data: typeof first } }).result;
  expect(data.refreshToken).not.toBe(first.refreshToken);
  expect((await renew({}, { refreshToken: data.refreshToken })).status).toBe(403);
  expect((await renew({ "sec-fetch-site": "same-origin" }, { refreshToken: data.refreshToken })).status).toBe(
    200,
  );
  expect((await renew({ authorization: `Bearer ${data.refreshToken}` })).status).toBe(401);
  const asAccess = await callAs({ authorization: `Bearer ${data.refreshToken}` })
    .api.serviceAccounts.whoami()
    .catch((error: unknown) => error);
  expect(asAccess).toMatchObject({ code: "UNAUTHORIZED" });
});

test("a machine has its scopes' permissions in its own tenant, and nothing else anywhere", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const { authorization } = await makeToken(tenant, { scopes: ["conversations:read"] });
  const as = (tenantSlug: string | null) => callAs({ authorization, tenantSlug }).api;
  expect((await as(null).conversations.list({ limit: 5 })).items).toEqual([]);
  expect((await as(tenant.slug).agents.list()).items.length).toBeGreaterThan(0);
  await expect(as(neighbour.slug).conversations.list({ limit: 5 })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(as(tenant.slug).conversations.create({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(as(tenant.slug).members.list({ limit: 5 })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(as(null).auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(as(null).serviceAccounts.accounts()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(await as(null).serviceAccounts.whoami()).toMatchObject({
    account: { name: "demo-bot" },
    tenant: { slug: tenant.slug },
    scopes: ["conversations:read"],
  });
});

test("a token without a tenant reads what operators read, by its scopes, and finds no tenant", async () => {
  const tenant = await makeTenant();
  const operator = await makeOperator();
  const wish = { account: "support-console", reason: "The desk's console" };
  const { accessToken } = await callAs({ cookie: operator.cookie }).api.serviceAccounts.issue({
    ...wish,
    scopes: ["support:*"],
  });
  const { api } = callAs({ authorization: `Bearer ${accessToken}`, tenantSlug: tenant.slug });
  const people = { sort: "newest" as const, page: 1, pageSize: 10 };
  expect((await api.admin.users.list(people)).total).toBeGreaterThan(0);
  await expect(api.admin.audit.list({ limit: 5 })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(api.conversations.list({ limit: 5 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const { authorization } = await makeToken(tenant);
  await expect(callAs({ authorization }).api.admin.users.list(people)).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

test("the key set is published with a strong tag, and answers 304 to who has it", async () => {
  await generateKeys();
  const first = await server.ask("/.well-known/jwks.json");
  expect(first.status, first.body).toBe(200);
  expect(first.headers["cache-control"]).toContain("public, max-age=300");
  expect(first.headers.etag).toMatch(/^"[\w-]{43}"$/);
  expect(Date.parse(first.headers["last-modified"] ?? "")).toBeLessThanOrEqual(Date.now());
  const { keys } = first.json() as { keys: Record<string, string>[] };
  expect(keys.length).toBeGreaterThanOrEqual(2);
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  const again = await server.ask("/.well-known/jwks.json", {
    headers: { "if-none-match": first.headers.etag ?? "" },
  });
  expect([again.status, again.body]).toEqual([304, ""]);
  travel(10 * 60_000);
  await rotateKeys();
  const other = await readJwks(first.headers.etag ?? "", internalRequest({ ip: "10.9.9.9" }));
  expect(other.status).toBe(200);
});

test("an address reads the key set five times a second", async () => {
  const read = () => readJwks(null, internalRequest({ ip: "10.8.8.8" }));
  // However slowly they are answered, forty are more than the seconds they take allow.
  const answers = await Promise.all(Array.from({ length: 40 }, read));
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers["Retry-After"]).toBe("1");
});

test("a machine is refused when its account's calls are used up, or its workspace's", async () => {
  const tenant = await makeTenant();
  const bot = await makeToken(tenant);
  const scopes = ["activity:read" as const];
  const batch = await makeToken(tenant, { account: "analytics-batch", scopes });
  const whoami = ({ authorization }: { authorization: string }) =>
    server.ask("/trpc/serviceAccounts.whoami", { headers: { authorization } });
  const useUp = (name: "machine.user" | "machine.tenant", key: string) =>
    consumeLimits([{ ...LIMITS[name], name, key, weight: LIMITS[name].points }]);
  const { result } = (await whoami(bot)).json() as { result: { data: { account: { id: string } } } };
  await useUp("machine.user", result.data.account.id);
  const refused = await whoami(bot);
  expect(refused.status).toBe(429);
  expect(refused.json()).toMatchObject({ error: { data: { reason: "rate_limited" } } });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect((await whoami(batch)).status).toBe(200);
  await useUp("machine.tenant", tenant.id);
  expect((await whoami(batch)).status).toBe(429);
  expect((await whoami(await makeToken(await makeTenant()))).status).toBe(200);
});

test("what a machine changes, what it is refused and what it first reads with a token stands in the log", async () => {
  const tenant = await makeTenant();
  const { authorization, tokenId } = await makeToken(tenant, {
    scopes: ["conversations:read", "conversations:write"],
  });
  const { api } = callAs({ authorization });
  for (let count = 0; count < 3; count += 1) {
    await api.conversations.create({});
    await api.conversations.list({ limit: 5 });
  }
  await expect(api.conversations.delete({ conversationId: tenant.id })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
  const { cookie } = await signIn(tenant.owner);
  const log = callAs({ cookie, tenantSlug: tenant.slug }).api.tenants.auditLog;
  const { items } = await log({ action: "service_account.call" });
  const told = items.map(({ targetId, result }) => `${targetId} ${result}`).reverse();
  const created = "conversations.create success";
  expect(told).toEqual([
    ...[created, "conversations.list success", created, created],
    "conversations.delete failure",
  ]);
  for (const item of items) {
    expect(item).toMatchObject({ actorName: "demo-bot", metadata: { account: "demo-bot", tokenId } });
  }
});

test("a machine reads the workspace's log when its scopes say so", async () => {
  const tenant = await makeTenant();
  const scopes = ["activity:read" as const];
  const { authorization } = await makeToken(tenant, { account: "analytics-batch", scopes });
  const { items } = await callAs({ authorization }).api.tenants.auditLog({});
  expect(items.map(({ action }) => action)).toContain("service_account.issue");
  const bot = await makeToken(tenant);
  const asBot = callAs({ authorization: bot.authorization }).api;
  await expect(asBot.tenants.auditLog({})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a signing key is due after ninety days, and a start misses no key that is needed", async () => {
  await generateKeys();
  expect(await daysOverdue()).toBeNull();
  travel(95 * DAY_MS);
  expect(await daysOverdue()).toBe(4);
  travel(0);
  await resealKeys();
  await expect(assertMachineKeysPresent()).resolves.toBeUndefined();
  const { kid } = await platformDb().signingKey.findFirstOrThrow();
  await platformDb().signingKey.update({ where: { kid }, data: { keyId: "gone" } });
  await expect(assertMachineKeysPresent()).rejects.toThrow(/ENCRYPTION_KEYS\.gone/);
});
