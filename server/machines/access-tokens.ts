// Access tokens: JWTs (RFC 7519) signed with Ed25519 (RFC 8037), fifteen minutes long at most, with exactly the claims
// below. Which key and which algorithm they are verified with is what our own records say of the token, never what its
// header says; and a token whose row has ended is refused at once, however good its signature is.

import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { now } from "../platform/clock";
import { config } from "../platform/config";
import { pool } from "../platform/db";
import { AppError } from "../platform/errors";
import { counter, histogram } from "../platform/metrics";
import { runPipeline } from "../platform/pipeline";
import { getActiveKey, type PublishedKey, verifies } from "./keys/signing-keys";
import { ACCESS_VALID_SECONDS, CLOCK_TOLERANCE_SECONDS, MACHINE_SCOPES, TEXT_TOKEN_REFUSED } from "./terms";

const signingsTotal = counter("jwt_signings_total", "Access tokens signed");
const verificationsTotal = counter("jwt_verifications_total", "Access tokens checked", ["result"]);
const signingSeconds = histogram("jwt_signing_duration_seconds", "Time one signature took");
const verificationSeconds = histogram("jwt_verification_duration_seconds", "Time one check took");

/** RFC 9068's type of an access token: no other JWT passes for one. */
const TYPE = "at+jwt";
const TOKEN_LENGTH_MAX = 4_096;

const Header = z.strictObject({ alg: z.string(), kid: z.string().max(64), typ: z.literal(TYPE) });

const Claims = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  /** The account. */
  sub: z.uuid(),
  /** The row of the token. */
  jti: z.uuid(),
  /** The tenant; null for tokens without one. */
  tenant: z.uuid().nullable(),
  scopes: z.array(z.enum(MACHINE_SCOPES)).min(1),
  iat: z.number().int(),
  nbf: z.number().int(),
  exp: z.number().int(),
});
type Claims = z.output<typeof Claims>;

export interface TokenSubject {
  tokenId: string;
  accountId: string;
  tenantId: string | null;
  scopes: readonly string[];
}

/** What a verified token says. */
export interface Machine {
  tokenId: string;
  accountId: string;
  accountName: string;
  tenant: { id: string; slug: string; name: string } | null;
  scopes: Claims["scopes"];
  expiresAt: Date;
}

interface TokenRow {
  account_id: string;
  account_name: string;
  tenant_id: string | null;
  slug: string | null;
  tenant_name: string | null;
  signing_kid: string;
  is_ended: boolean;
  key_state: PublishedKey["state"];
  retiring_at: Date | null;
  algorithm: string;
  public_jwk: JWK;
}

/** Signs an access token for a row that is about to be stored; answers which key did it and how long the token lives. */
export async function signAccessToken(subject: TokenSubject) {
  const end = signingSeconds.startTimer();
  const { kid, algorithm, privateKey } = await getActiveKey();
  const issuedAt = Math.floor(now().getTime() / 1_000);
  const expiresAt = issuedAt + ACCESS_VALID_SECONDS;
  const claims = { tenant: subject.tenantId, scopes: subject.scopes };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, kid, typ: TYPE })
    .setIssuer(issuer())
    .setAudience(audience())
    .setSubject(subject.accountId)
    .setJti(subject.tokenId)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(privateKey);
  end();
  signingsTotal.inc();
  return { token, kid, expiresAt: new Date(expiresAt * 1_000) };
}

/** The machine a bearer token stands for. Throws `unauthorized`, saying the same whatever is wrong with it. */
export async function verifyAccessToken(token: string): Promise<Machine> {
  const end = verificationSeconds.startTimer();
  try {
    const machine = await checked(token);
    verificationsTotal.inc({ result: machine === null ? "refused" : "accepted" });
    if (machine === null) throw new AppError("unauthorized", TEXT_TOKEN_REFUSED, { reason: "token_invalid" });
    return machine;
  } finally {
    end();
  }
}

async function checked(token: string): Promise<Machine | null> {
  const unverified = readUnverified(token);
  if (unverified === null) return null;
  const row = await findRow(unverified.claims);
  if (row === null || row.is_ended || !isOf(row, unverified)) return null;
  if (!verifies({ state: row.key_state, retiringAt: row.retiring_at })) return null;
  if (!(await isSigned(token, row))) return null;
  const { claims } = unverified;
  const { slug, tenant_name: name } = row;
  return {
    tokenId: claims.jti,
    accountId: row.account_id,
    accountName: row.account_name,
    tenant:
      row.tenant_id === null || slug === null || name === null ? null : { id: row.tenant_id, slug, name },
    scopes: claims.scopes,
    expiresAt: new Date(claims.exp * 1_000),
  };
}

// Only what our own tokens look like is looked up at all; nothing in here is believed before the signature is.
function readUnverified(token: string): { header: z.output<typeof Header>; claims: Claims } | null {
  if (token.length > TOKEN_LENGTH_MAX) return null;
  try {
    const header = Header.parse(decodeProtectedHeader(token));
    const claims = Claims.parse(decodeJwt(token));
    return claims.exp - claims.iat > ACCESS_VALID_SECONDS ? null : { header, claims };
  } catch {
    return null;
  }
}

function isOf(
  row: TokenRow,
  { header, claims }: { header: z.output<typeof Header>; claims: Claims },
): boolean {
  const isSame = row.account_id === claims.sub && row.tenant_id === claims.tenant;
  return isSame && row.signing_kid === header.kid && row.algorithm === header.alg;
}

async function isSigned(token: string, row: TokenRow): Promise<boolean> {
  try {
    const key = await importJWK(row.public_jwk, row.algorithm);
    await jwtVerify(token, key, {
      algorithms: [row.algorithm],
      issuer: issuer(),
      audience: audience(),
      typ: TYPE,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: ACCESS_VALID_SECONDS,
      currentDate: now(),
    });
    return true;
  } catch {
    return false;
  }
}

const BIND_CLAIMED_TENANT = {
  name: "bind_claimed_tenant",
  text: "SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', '', true)",
};

const TOKEN_ROW = {
  name: "machine_token",
  text: `SELECT a.id::text AS account_id, a.name AS account_name, t.tenant_id::text, n.slug, n.name AS tenant_name,
                t.signing_kid, t.revoked_at IS NOT NULL OR a.disabled_at IS NOT NULL AS is_ended,
                k.state::text AS key_state, k.retiring_at, k.algorithm, k.public_jwk
           FROM service_account_tokens t
           JOIN service_accounts a ON a.id = t.account_id
           JOIN signing_keys k ON k.kid = t.signing_kid
           LEFT JOIN tenants n ON n.id = t.tenant_id
          WHERE t.id = $1 AND (t.tenant_id IS NULL OR (n.id IS NOT NULL AND n.deleted_at IS NULL))`,
};

// The claimed tenant only narrows what row-level security shows: a row of another one is not found.
async function findRow({ jti, tenant }: Claims): Promise<TokenRow | null> {
  const rows = await runPipeline(pool(), [
    { ...BIND_CLAIMED_TENANT, values: [tenant ?? ""] },
    { ...TOKEN_ROW, values: [jti] },
  ]);
  return (rows[0] as unknown as TokenRow | undefined) ?? null;
}

/** Who signs, as `iss` says it. */
function issuer(): string {
  return config().appUrl.origin;
}

/** Whom tokens are for, as `aud` says it: the procedures of this installation and nothing else. */
function audience(): string {
  return `${config().appUrl.origin}/trpc`;
}
