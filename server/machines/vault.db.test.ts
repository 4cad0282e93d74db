import { createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { resetConfig } from "../platform/config";
import { db } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { consumeNonce, sweepNonces } from "./keys/nonces";

const KEY = randomBytes(32);
const VAULT_TOKEN = randomBytes(16).toString("hex");
const MINUTE_MS = 60_000;

let vault: Server;
let tenant: TestTenant;
let isDown = false;

/** What Vault's transit engine signs with, and checks: the same bytes, base64 of the input. */
const signatureOf = (input: string) => `vault:v1:${createHmac("sha256", KEY).update(input).digest("base64")}`;

// why: follows https://developer.hashicorp.com/vault/api-docs/secret/transit#verify-signed-data
async function answerAsVault(req: IncomingMessage): Promise<{ status: number; body: object }> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  if (isDown) return { status: 503, body: { errors: ["Vault is sealed"] } };
  if (req.headers["x-vault-token"] !== VAULT_TOKEN)
    return { status: 403, body: { errors: ["permission denied"] } };
  if (req.method !== "POST" || req.url !== "/v1/transit/verify/parley-issuance") {
    return { status: 404, body: { errors: [] } };
  }
  const { input, signature } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
  if (!signature?.startsWith("vault:v1:")) {
    return { status: 400, body: { errors: ["invalid signature: no prefix"] } };
  }
  return { status: 200, body: { data: { valid: signature === signatureOf(input ?? "") } } };
}

function configure(settings: Record<string, string>): void {
  const none = { SERVICE_ACCOUNT_ISSUANCE: "", VAULT_VERIFY_ENABLED: "", VAULT_ADDR: "", VAULT_TOKEN: "" };
  Object.assign(process.env, none, settings);
  resetConfig();
}

beforeAll(async () => {
  vault = createServer((req, res) => {
    answerAsVault(req).then(
      ({ status, body }) => {
        res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      },
      () => res.destroy(),
    );
  });
  await new Promise<void>((resolve) => vault.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  isDown = false;
  configure({
    SERVICE_ACCOUNT_ISSUANCE: "browser,vault",
    VAULT_VERIFY_ENABLED: "true",
    VAULT_ADDR: `http://127.0.0.1:${(vault.address() as AddressInfo).port}`,
    VAULT_TOKEN,
  });
  tenant = await makeTenant();
});

afterEach(() => travel(0));
afterAll(async () => {
  configure({});
  await new Promise((resolve) => vault.close(resolve));
});

function payloadOf(changes: Record<string, unknown> = {}): string {
  const iat = Math.floor(Date.now() / 1_000);
  const nonce = randomBytes(24).toString("base64url");
  const wish = { account: "demo-bot", scopes: ["tools:read"], reason: "Signed by the pipeline" };
  const body = { tenant: tenant.slug, ...wish, nonce, iat, exp: iat + 240, ...changes };
  return Buffer.from(JSON.stringify(body)).toString("base64url");
}

const sign = (payload: string) => signatureOf(Buffer.from(payload).toString("base64"));

function issue(payload: string, { signature = sign(payload), input = {} } = {}) {
  const visitor = { authorization: `Bearer ${signature}`, vaultPayload: payload };
  return callAs(visitor).api.serviceAccounts.issue(input);
}

test("what Vault has signed is issued, without a session, and the workspace's log says who vouched", async () => {
  expect(await issue(payloadOf())).toMatchObject({ account: "demo-bot", tenant: tenant.slug });
  const rows = await withTenant(tenant.scope, (tx) =>
    tx.auditLog.findMany({ orderBy: { seq: "desc" }, take: 1 }),
  );
  expect(rows[0]).toMatchObject({
    action: "service_account.issue",
    actorType: "system",
    metadata: { via: "vault", reason: "Signed by the pipeline" },
  });
});

test("a signed request counts once, also when twenty send it at once", async () => {
  const payload = payloadOf();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => issue(payload)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(issue(payload)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("a wrong signature, another payload's and the local one are refused", async () => {
  const payload = payloadOf();
  for (const signature of [
    sign(payloadOf()),
    "vault:v1:AAAA",
    "vault:dev-local",
    "vault:nonsense",
    "vault:",
  ]) {
    await expect(issue(payload, { signature }), signature).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
  await expect(issue(payload)).resolves.toBeDefined();
});

test("a signed request has five minutes, and says so itself", async () => {
  const iat = Math.floor(Date.now() / 1_000);
  for (const changes of [
    { exp: iat - 1 },
    { exp: iat + 301 },
    { iat: iat - 400, exp: iat - 100 },
    { iat: iat + 130, exp: iat + 200 },
    { exp: iat },
  ]) {
    await expect(issue(payloadOf(changes))).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
  const late = payloadOf();
  travel(6 * MINUTE_MS);
  await expect(issue(late)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("what is sent beside the payload may repeat it, and nothing else", async () => {
  const repeated = { tenant: tenant.slug, account: "demo-bot", scopes: ["tools:read" as const] };
  await expect(
    issue(payloadOf(), { input: { ...repeated, account: "billing-worker" } }),
  ).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  for (const payload of [
    "",
    "###",
    "e30",
    Buffer.from("[]").toString("base64url"),
    payloadOf({ extra: 1 }),
  ]) {
    await expect(issue(payload, { signature: sign(payload) })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
  await expect(issue(payloadOf(), { input: repeated })).resolves.toBeDefined();
});

test("while Vault cannot be asked nothing is issued, and the request can be sent again", async () => {
  const payload = payloadOf();
  isDown = true;
  await expect(issue(payload)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  isDown = false;
  configure({
    SERVICE_ACCOUNT_ISSUANCE: "vault",
    VAULT_VERIFY_ENABLED: "true",
    VAULT_ADDR: "http://127.0.0.1:1",
    VAULT_TOKEN,
  });
  await expect(issue(payload)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
});

test("the local signature works where nothing is checked, and not where vault is closed", async () => {
  configure({ SERVICE_ACCOUNT_ISSUANCE: "vault" });
  const payload = payloadOf();
  await expect(issue(payload, { signature: sign(payload) })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(issue(payload, { signature: "vault:dev-local" })).resolves.toBeDefined();
  configure({ SERVICE_ACCOUNT_ISSUANCE: "cli" });
  await expect(issue(payloadOf(), { signature: "vault:dev-local" })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
  const { cookie } = await signIn(tenant.owner);
  const wish = {
    tenant: tenant.slug,
    account: "demo-bot",
    scopes: ["tools:read" as const],
    reason: "By hand",
  };
  await expect(callAs({ cookie }).api.serviceAccounts.issue(wish)).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

test("at a browser a payload is prepared, signed elsewhere and issued to who may ask for it", async () => {
  const { cookie } = await signIn(tenant.owner);
  const wish = {
    tenant: tenant.slug,
    account: "demo-bot",
    scopes: ["tools:read" as const],
    reason: "Through Vault",
  };
  const { payload, command } = await callAs({ cookie }).api.serviceAccounts.prepare(wish);
  expect(command).toContain("vault write");
  const stranger = await signIn(await makeUser());
  const call = { payload, signature: sign(payload) };
  await expect(callAs(stranger).api.serviceAccounts.issueSigned(call)).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  const paste = (signature: string) =>
    callAs({ cookie }).api.serviceAccounts.issueSigned({ payload, signature });
  // Not `unauthorized`: that would send a signed-in person to the sign-in.
  await expect(paste("vault:nonsense")).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { details: { fields: { signature: "The signature is not valid." } } },
  });
  expect(await paste(call.signature)).toMatchObject({ account: "demo-bot" });
  await expect(paste(call.signature)).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("a nonce is taken once, for five minutes at most, and forgotten when its time has passed", async () => {
  const soon = new Date(Date.now() + MINUTE_MS);
  const tries = await Promise.all(Array.from({ length: 30 }, () => consumeNonce("test", "one", soon)));
  expect(tries.filter(Boolean)).toHaveLength(1);
  expect(await consumeNonce("other", "one", soon)).toBe(true);
  await expect(consumeNonce("test", "two", new Date(Date.now() + 6 * MINUTE_MS))).rejects.toThrow(RangeError);
  travel(2 * MINUTE_MS);
  await sweepNonces();
  expect(await db().authNonce.count({ where: { purpose: { in: ["test", "other"] } } })).toBe(0);
});
