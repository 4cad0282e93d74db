import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeToken, testIssuer } from "../../tests/factories/machines";
import { makeTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import { verifyAccessToken } from "./access-tokens";
import { namedPlace } from "./issuer";
import { generateKeys, getActiveKey, readPublishedKeys, retireKeys, rotateKeys } from "./keys/signing-keys";
import { revokeToken } from "./tokens";

const MINUTE_MS = 60_000;

afterEach(() => travel(0));

const refused = { code: "unauthorized", details: { reason: "token_invalid" } };

/** A token with these parts, signed by this key. */
function forge(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  key: KeyObject | Uint8Array,
) {
  return new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(key);
}

async function partsOf(tenant: { slug: string }) {
  const { accessToken } = await makeToken(tenant);
  return { accessToken, claims: decodeJwt(accessToken), header: decodeProtectedHeader(accessToken) };
}

test("a token has exactly the claims that were agreed, and lives for fifteen minutes", async () => {
  const tenant = await makeTenant();
  const { claims, header, accessToken } = await partsOf(tenant);
  const { kid } = await getActiveKey();
  expect(header).toEqual({ alg: "EdDSA", kid, typ: "at+jwt" });
  expect(Object.keys(claims).sort()).toEqual(
    ["aud", "exp", "iat", "iss", "jti", "nbf", "scopes", "sub", "tenant"].sort(),
  );
  expect(claims).toMatchObject({
    iss: "http://localhost:3000",
    aud: "http://localhost:3000/trpc",
    tenant: tenant.id,
    scopes: ["conversations:read", "conversations:write"],
  });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
  expect(await verifyAccessToken(accessToken)).toMatchObject({
    accountName: "demo-bot",
    tenant: { slug: tenant.slug },
  });
});

test("a token that was changed anywhere is refused", async () => {
  const { accessToken, claims } = await partsOf(await makeTenant());
  const [head = "", , signature = ""] = accessToken.split(".");
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const stronger = part({ ...claims, scopes: ["billing:manage"] });
  const turned = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  for (const token of [
    `${head}.${stronger}.${signature}`,
    `${head}.${part({ ...claims, exp: (claims.exp ?? 0) + 1 })}.${signature}`,
    accessToken.slice(0, -4),
    `${accessToken.slice(0, accessToken.lastIndexOf("."))}.${turned}`,
    `${accessToken}.x`,
    `${head}..${signature}`,
    "",
    "a.b.c",
    "x".repeat(5_000),
  ]) {
    await expect(verifyAccessToken(token), token.slice(0, 40)).rejects.toMatchObject(refused);
  }
});

test("no algorithm but the key's own is taken: none, HS256 with the public key, and others", async () => {
  const { accessToken, claims, header } = await partsOf(await makeTenant());
  const { keys } = await readPublishedKeys();
  const publicKey = Buffer.from(keys.find(({ kid }) => kid === header.kid)?.publicJwk.x ?? "", "base64url");
  const body = accessToken.split(".")[1] ?? "";
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const none = `${part({ ...header, alg: "none" })}.${body}.`;
  const signedWith = (alg: string) => {
    const head = part({ ...header, alg });
    const mac = createHmac("sha256", publicKey).update(`${head}.${body}`).digest("base64url");
    return `${head}.${body}.${mac}`;
  };
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const es256 = await forge(claims, { ...header, alg: "ES256" }, privateKey);
  for (const token of [none, signedWith("HS256"), signedWith("EdDSA"), signedWith("none"), es256]) {
    await expect(verifyAccessToken(token)).rejects.toMatchObject(refused);
  }
});

test("a key that is not ours, an unknown kid and a kid of another key are refused", async () => {
  const { claims, header } = await partsOf(await makeTenant());
  const foreign = generateKeyPairSync("ed25519").privateKey;
  const { keys } = await readPublishedKeys();
  const next = keys.find(({ state }) => state === "next")?.kid;
  for (const kid of [header.kid, next, "unknown-kid", "../../etc/passwd"]) {
    const token = await forge(claims, { ...header, kid }, foreign);
    await expect(verifyAccessToken(token)).rejects.toMatchObject(refused);
  }
  const withoutKid = await forge(claims, { alg: "EdDSA", typ: "at+jwt" }, foreign);
  const withJwk = await forge(claims, { ...header, jwk: { kty: "OKP", crv: "Ed25519", x: "AAAA" } }, foreign);
  await expect(verifyAccessToken(withoutKid)).rejects.toMatchObject(refused);
  await expect(verifyAccessToken(withJwk)).rejects.toMatchObject(refused);
});

test("signed by our own key, what is not our form of a token is refused all the same", async () => {
  const { claims, header } = await partsOf(await makeTenant());
  const { privateKey } = await getActiveKey();
  const iat = claims.iat ?? 0;
  const without = (name: string) =>
    Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
  const variants: Record<string, unknown>[] = [
    ...Object.keys(claims).map(without),
    { ...claims, extra: true },
    { ...claims, iss: "https://elsewhere.example" },
    { ...claims, aud: "https://elsewhere.example/trpc" },
    { ...claims, aud: [claims.aud] },
    { ...claims, sub: newId() },
    { ...claims, jti: newId() },
    { ...claims, tenant: null },
    { ...claims, tenant: newId() },
    { ...claims, scopes: [] },
    { ...claims, scopes: ["root"] },
    { ...claims, exp: iat + 901 },
    { ...claims, iat: iat - 3_600, nbf: iat - 3_600, exp: iat - 3_000 },
    { ...claims, iat: iat + 200, nbf: iat + 200, exp: iat + 900 },
  ];
  for (const variant of variants) {
    const token = await forge(variant, header, privateKey);
    await expect(verifyAccessToken(token), JSON.stringify(variant)).rejects.toMatchObject(refused);
  }
  const asIdToken = await forge(claims, { ...header, typ: "JWT" }, privateKey);
  await expect(verifyAccessToken(asIdToken)).rejects.toMatchObject(refused);
  await expect(verifyAccessToken(await forge(claims, header, privateKey))).resolves.toBeDefined();
});

test("clocks may be off by two minutes either way, and no more", async () => {
  const { accessToken } = await makeToken(await makeTenant());
  for (const [minutes, isTaken] of [
    [16.9, true],
    [17.1, false],
    [-1.9, true],
    [-2.1, false],
  ] as const) {
    travel(minutes * MINUTE_MS);
    const outcome = verifyAccessToken(accessToken);
    if (isTaken) await expect(outcome, `${minutes}`).resolves.toBeDefined();
    else await expect(outcome, `${minutes}`).rejects.toMatchObject(refused);
  }
});

test("what was revoked, disabled or erased is refused at once", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  const first = await makeToken(tenant);
  const place = await namedPlace(tenant.slug);
  await revokeToken(testIssuer(), place, { tokenId: first.tokenId });
  await expect(verifyAccessToken(first.accessToken)).rejects.toMatchObject(refused);
  const second = await makeToken(tenant);
  const { items } = await callAs({ cookie }).api.serviceAccounts.accounts();
  const accountId = items[0]?.id ?? "";
  await callAs({ cookie }).api.serviceAccounts.setAccountDisabled({ accountId, disabled: true });
  await expect(verifyAccessToken(second.accessToken)).rejects.toMatchObject(refused);
  await callAs({ cookie }).api.serviceAccounts.setAccountDisabled({ accountId, disabled: false });
  await expect(verifyAccessToken(second.accessToken)).resolves.toBeDefined();
  await platformDb().tenant.delete({ where: { id: tenant.id } });
  await expect(verifyAccessToken(second.accessToken)).rejects.toMatchObject(refused);
});

test("a thousand verifications while keys are rotated all succeed", async () => {
  const tenant = await makeTenant();
  const tokens = [(await makeToken(tenant)).accessToken];
  const kids = new Set([(await getActiveKey()).kid]);
  const verifying = async (_: unknown, worker: number) => {
    for (let round = 0; round < 125; round += 1) {
      await verifyAccessToken(tokens[(round + worker) % tokens.length] ?? "");
    }
  };
  // Tokens of the key before the last are still young: two rotations fit into a token's life.
  const rotating = async () => {
    for (const [index, scopes] of [["tools:read" as const], ["conversations:read" as const]].entries()) {
      travel((index + 1) * 6 * MINUTE_MS);
      kids.add((await rotateKeys()).active);
      tokens.push((await makeToken(tenant, { scopes })).accessToken);
    }
  };
  await Promise.all([...Array.from({ length: 8 }, verifying), rotating()]);
  expect(kids.size).toBe(3);
  for (const token of tokens) await expect(verifyAccessToken(token)).resolves.toBeDefined();
});

test("keys are rotated one at a time, and the next one only when everybody has had time to read it", async () => {
  await generateKeys();
  travel(20 * MINUTE_MS);
  await rotateKeys();
  await expect(rotateKeys()).rejects.toMatchObject({ code: "conflict" });
  travel(26 * MINUTE_MS);
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => rotateKeys()));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const states = await db().signingKey.groupBy({ by: ["state"], _count: true });
  expect(states.find(({ state }) => state === "active")?._count).toBe(1);
  expect(states.find(({ state }) => state === "next")?._count).toBe(1);
});

test("a retired key leaves the published set when its last token has ended, and after a leak at once", async () => {
  await generateKeys();
  travel(60 * MINUTE_MS);
  const { retired } = await rotateKeys();
  const kids = async () => (await readPublishedKeys()).keys.map(({ kid }) => kid);
  travel(76 * MINUTE_MS);
  expect(await kids()).toContain(retired);
  travel(78 * MINUTE_MS);
  expect(await kids()).not.toContain(retired);
  expect(await retireKeys()).toBeGreaterThan(0);
  const { accessToken } = await makeToken(await makeTenant());
  const leaked = await rotateKeys({ isEmergency: true });
  expect(await kids()).not.toContain(leaked.retired);
  await expect(verifyAccessToken(accessToken)).rejects.toMatchObject(refused);
});

test("a private key never lies in the database as it is", async () => {
  await generateKeys();
  const rows = await db().signingKey.findMany();
  for (const row of rows) {
    expect(Buffer.from(row.privateKey).toString("latin1")).not.toContain("\u0030\u002e\u0002\u0001\u0000");
    expect(JSON.stringify(row.publicJwk)).not.toContain('"d"');
  }
});
