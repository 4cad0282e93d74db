// Issuing, renewing and revoking machine tokens. A token is a pair: an access token of minutes and a refresh token that
// is used once, for the next pair. All pairs that descend from one issuing are a family, and end together. One pair per
// account, tenant and scope set is active: a partial unique index says so.

import { type AuditMetadata, recordAudit } from "../audit/log";
import { announceStanding } from "../auth/session/standing";
import { now } from "../platform/clock";
import { config } from "../platform/config";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError, notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import { counter, histogram } from "../platform/metrics";
import type { Prisma, ServiceAccount, ServiceAccountToken } from "../platform/prisma/client";
import type { RequestInfo } from "../request";
import { tenantIdOfToken } from "../tenants/scope";
import { signAccessToken } from "./access-tokens";
import { getAccount, refreshValidDays, scopesOf } from "./accounts";
import type { IssueToken } from "./contract";
import { type Issuer, inPlace, type Place, requireOwnRights } from "./issuer";
import { isTokenOf, newRefreshToken, readRefreshToken } from "./refresh-token";
import { type IssuedVia, TEXT_TOKEN_ACTIVE, TEXT_TOKEN_REFUSED } from "./terms";

const issuanceTotal = counter("service_account_issuance_total", "Machine tokens issued", ["via", "result"]);
const issuanceSeconds = histogram("service_account_issuance_latency_seconds", "Time one issuing took");

const DAY_MS = 86_400_000;
/** Requests already under way when a token was renewed may still carry the old one: they are refused, and no more. */
const IN_FLIGHT_MS = 10_000;

/** What is shown once, and to whom it is issued. */
export interface IssuedToken {
  tokenType: "Bearer";
  tokenId: string;
  account: string;
  tenant: string | null;
  scopes: string[];
  accessToken: string;
  expiresAt: string;
  refreshToken: string;
  refreshExpiresAt: string;
  fingerprint: string;
}

type Tx = Prisma.TransactionClient;
type NewPair = Awaited<ReturnType<typeof makePair>>;

/** Throws `forbidden` while this way of issuing is not open here (SERVICE_ACCOUNT_ISSUANCE). */
export function requireWay(via: IssuedVia): void {
  if (config().serviceAccountIssuance.includes(via)) return;
  throw new AppError("forbidden", `Issuing tokens by ${via} is not open here.`);
}

/**
 * Issues a pair for an account of this place. Throws `conflict` while a pair of the same account and scopes is active,
 * `invalid` for scopes that the account does not have, `forbidden` for more than the issuer has.
 */
export async function issueToken(issuer: Issuer, place: Place, input: IssueToken): Promise<IssuedToken> {
  const end = issuanceSeconds.startTimer();
  try {
    requireOwnRights(place, input.scopes);
    const issued = await issue(issuer, place, input);
    issuanceTotal.inc({ via: issuer.via, result: "issued" });
    return issued;
  } catch (error) {
    issuanceTotal.inc({ via: issuer.via, result: "refused" });
    throw isUniqueViolation(error) ? new AppError("conflict", TEXT_TOKEN_ACTIVE) : error;
  } finally {
    end();
  }
}

async function issue(issuer: Issuer, place: Place, { account: name, scopes, reason }: IssueToken) {
  const account = await inPlace(place, issuer.actor.id, (tx) => getAccount(tx, place, name));
  requireUsable(account, scopes);
  const pair = await makePair(account, scopes, newId());
  await inPlace(place, issuer.actor.id, async (tx) => {
    await closeExpired(tx, account.id, pair.row.scopeKey);
    const issuedBy = issuer.actor.type === "system" ? null : issuer.actor.id;
    await tx.serviceAccountToken.create({ data: { ...pair.row, issuedVia: issuer.via, issuedBy, reason } });
    await recordAudit(tx, {
      tenantId: place.tenantId,
      actor: issuer.actor,
      action: "service_account.issue",
      category: place.tenantId === null ? "admin" : "tenant",
      target: { type: "service_account", id: account.id },
      metadata: { ...factsOf(pair, account), via: issuer.via, reason },
      request: issuer.request,
    });
  });
  return shown(pair, account.name, place.tenant?.slug ?? null);
}

/**
 * Renews a pair. The refresh token is used up by one conditional statement: of many at once one wins. Presented again
 * later than requests under way can last, it was copied, and its whole family ends. Throws `unauthorized`.
 */
export async function refreshToken(text: string, request: RequestInfo): Promise<IssuedToken> {
  const presented = readRefreshToken(text);
  if (presented === null) throw refused();
  const tenantId = presented.unverifiedTenantId;
  const place = { tenantId: tenantId === null ? null : tenantIdOfToken({ id: tenantId }) };
  const row = await inPlace(place, null, (tx) => findToken(tx, presented.tokenId));
  if (row === null || !isTokenOf(text, row)) throw refused();
  if (row.account.tenant && row.account.tenant.deletedAt !== null) throw refused();
  if (row.usedAt !== null) return answerReuse(row, place, request);
  if (row.revokedAt !== null || row.expiresAt <= now()) throw refused();
  requireEnabled(row.account);
  const allowed = scopesOf(row.account);
  if (!row.scopes.every((scope) => allowed.includes(scope))) throw refused();
  const pair = await makePair(row.account, row.scopes, row.familyId);
  const isWon = await inPlace(place, null, (tx) => replace(tx, row, pair, request));
  if (!isWon) throw refused("token_used");
  return shown(pair, row.account.name, row.account.tenant?.slug ?? null);
}

async function replace(tx: Tx, old: FoundToken, pair: NewPair, request: RequestInfo): Promise<boolean> {
  await lockFamily(tx, old.familyId);
  const { count } = await tx.serviceAccountToken.updateMany({
    where: { id: old.id, usedAt: null, revokedAt: null },
    data: { usedAt: now(), successorId: pair.row.id },
  });
  if (count === 0) return false;
  const { issuedVia, issuedBy, reason } = old;
  await tx.serviceAccountToken.create({ data: { ...pair.row, issuedVia, issuedBy, reason } });
  await recordAudit(tx, {
    tenantId: placeIdOf(old),
    actor: { type: "service_account", id: old.accountId },
    action: "service_account.refresh",
    category: old.tenantId === null ? "admin" : "tenant",
    target: { type: "service_account", id: old.accountId },
    metadata: factsOf(pair, old.account),
    request,
  });
  return true;
}

async function answerReuse(
  row: FoundToken,
  place: Pick<Place, "tenantId">,
  request: RequestInfo,
): Promise<never> {
  const usedMs = row.usedAt?.getTime() ?? 0;
  if (now().getTime() - usedMs < IN_FLIGHT_MS) throw refused("token_used");
  await inPlace(place, null, async (tx) => {
    const ended = await endFamily(tx, row, { reason: "token_reused", by: null });
    // Presented many times at once, it is answered once.
    if (ended === 0) return;
    await recordAudit(tx, {
      tenantId: placeIdOf(row),
      actor: { type: "system", id: null },
      action: "service_account.token_reused",
      category: row.tenantId === null ? "admin" : "tenant",
      target: { type: "service_account", id: row.accountId },
      result: "failure",
      metadata: { account: row.account.name, familyId: row.familyId, endedTokens: ended },
      request,
    });
  });
  announceStanding(row.accountId);
  throw refused("token_used");
}

/** Revokes a token and its whole family. The same twice changes nothing; answers whether it was still active. */
export async function revokeToken(
  issuer: Issuer,
  place: Pick<Place, "tenantId">,
  { tokenId, reason }: { tokenId: string; reason?: string | undefined },
): Promise<{ wasActive: boolean }> {
  const row = await inPlace(place, issuer.actor.id, (tx) => findToken(tx, tokenId));
  if (row === null) throw notFound("Token");
  const ended = await inPlace(place, issuer.actor.id, async (tx) => {
    const by = issuer.actor.type === "system" ? null : issuer.actor.id;
    const count = await endFamily(tx, row, { reason: reason || "revoked", by });
    if (count === 0) return 0;
    await recordAudit(tx, {
      tenantId: placeIdOf(row),
      actor: issuer.actor,
      action: "service_account.revoke",
      category: row.tenantId === null ? "admin" : "tenant",
      target: { type: "service_account", id: row.accountId },
      metadata: { account: row.account.name, fingerprint: row.fingerprint, reason: reason ?? null },
      request: issuer.request,
    });
    return count;
  });
  announceStanding(row.accountId);
  return { wasActive: ended > 0 };
}

/** Frees the places of pairs whose refresh tokens have expired; answers how many. */
export async function closeExpired(tx: Tx, accountId: string, scopeKey: string): Promise<number> {
  const { count } = await tx.serviceAccountToken.updateMany({
    where: { accountId, scopeKey, usedAt: null, revokedAt: null, expiresAt: { lte: now() } },
    data: { revokedAt: now(), revokedReason: "expired" },
  });
  return count;
}

async function endFamily(
  tx: Tx,
  { familyId, tenantId }: Pick<ServiceAccountToken, "familyId" | "tenantId">,
  { reason, by }: { reason: string; by: string | null },
): Promise<number> {
  await lockFamily(tx, familyId);
  const { count } = await tx.serviceAccountToken.updateMany({
    where: { tenantId, familyId, revokedAt: null },
    data: { revokedAt: now(), revokedReason: reason, revokedBy: by },
  });
  return count;
}

// Renewing and ending a family take turns: a pair that was made meanwhile would outlive the end of its family unseen.
async function lockFamily(tx: Tx, familyId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`machines|${familyId}`}, 0))::text`;
}

type FoundToken = NonNullable<Awaited<ReturnType<typeof findToken>>>;

function findToken(tx: Tx, id: string) {
  return tx.serviceAccountToken.findUnique({
    where: { id },
    include: { account: { include: { tenant: { select: { slug: true, deletedAt: true } } } } },
  });
}

// Signed before the transaction: the row says which key did it, also when that key is rolled meanwhile.
async function makePair(account: ServiceAccount, scopes: readonly string[], familyId: string) {
  const id = newId();
  const { tenantId } = account;
  const sorted = [...scopes].sort();
  const access = await signAccessToken({ tokenId: id, accountId: account.id, tenantId, scopes: sorted });
  const refresh = newRefreshToken(id, tenantId);
  const createdAt = now();
  return {
    accessToken: access.token,
    refreshToken: refresh.token,
    row: {
      ...{ id, tenantId, accountId: account.id, familyId, scopes: sorted, scopeKey: sorted.join(" ") },
      ...refresh.stored,
      signingKid: access.kid,
      createdAt,
      accessExpiresAt: access.expiresAt,
      expiresAt: new Date(createdAt.getTime() + refreshValidDays(account) * DAY_MS),
    },
  };
}

function shown(
  { row, accessToken, refreshToken }: NewPair,
  account: string,
  tenant: string | null,
): IssuedToken {
  return {
    tokenType: "Bearer",
    tokenId: row.id,
    account,
    tenant,
    scopes: row.scopes,
    accessToken,
    expiresAt: row.accessExpiresAt.toISOString(),
    refreshToken,
    refreshExpiresAt: row.expiresAt.toISOString(),
    fingerprint: row.fingerprint,
  };
}

function factsOf({ row }: NewPair, account: { name: string }): AuditMetadata {
  const { id, scopes, fingerprint, signingKid } = row;
  return { account: account.name, tokenId: id, scopes, fingerprint, signingKid };
}

function requireUsable(account: ServiceAccount, scopes: readonly string[]): void {
  requireEnabled(account);
  const allowed = scopesOf(account);
  const extra = scopes.filter((scope) => !allowed.includes(scope));
  if (extra.length === 0) return;
  const message = `${account.name} has no scope ${extra.join(", ")}.`;
  throw new AppError("invalid", message, { fields: { scopes: message } });
}

function requireEnabled(account: ServiceAccount): void {
  if (account.disabledAt !== null) throw new AppError("forbidden", "This account is disabled.");
}

function placeIdOf({ tenantId }: Pick<ServiceAccountToken, "tenantId">) {
  return tenantId === null ? null : tenantIdOfToken({ id: tenantId });
}

function refused(reason: "token_invalid" | "token_used" = "token_invalid"): AppError {
  return new AppError("unauthorized", TEXT_TOKEN_REFUSED, { reason });
}
