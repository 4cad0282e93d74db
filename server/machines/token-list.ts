// Machine tokens as people look through them: one line per family, its newest pair. A person sees those of the workspaces
// whose machines they manage; a platform admin also the platform's own, and, by its exact fingerprint, any token that was
// found where it should not be.

import { now } from "../platform/clock";
import { type db, platformDb } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import { withUser } from "../platform/tenant-db";
import { tenantIdOfToken } from "../tenants/scope";
import type { ListTokens, RevokeToken } from "./contract";
import { managesPlatform, type Person, placeOf } from "./issuer";
import { type MachineScope, REASON_LENGTH_MIN, type TokenState } from "./terms";
import { revokeToken } from "./tokens";

export interface TokenItem {
  id: string;
  account: string;
  tenant: { slug: string; name: string } | null;
  scopes: MachineScope[];
  state: TokenState;
  fingerprint: string;
  reason: string;
  issuedVia: string;
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  revokedReason: string | null;
  signingKid: string;
}

export interface TokenPage {
  items: TokenItem[];
  total: number;
  page: number;
  pageSize: number;
  pages: number;
}

const NONE = "none";
const INCLUDE = {
  account: { select: { name: true } },
  accountOfTenant: { select: { tenant: { select: { slug: true, name: true } } } },
} as const;

type Where = Prisma.ServiceAccountTokenWhereInput;
type Reader = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) => Promise<T>;

/** A page of tokens, newest first. */
export async function listTokens(person: Person, filters: ListTokens): Promise<TokenPage> {
  const { session } = person;
  const isOfPlatform = filters.tenant === NONE;
  if (managesPlatform(session) && (isOfPlatform || filters.fingerprint !== undefined)) {
    const place: Where = isOfPlatform ? { tenantId: null } : {};
    return readPage((work) => platformDb().$transaction(work), filters, place);
  }
  const place: Where = { tenantId: { not: null } };
  if (filters.tenant) place.account = { tenant: { slug: filters.tenant } };
  return readPage((work) => withUser(session.userId, work), filters, place);
}

/** All tokens as a command lists them: of one workspace, or the platform's own. */
export async function listTokensOf(tenantSlug: string, filters: ListTokens): Promise<TokenPage> {
  const place: Where = tenantSlug === "" ? { tenantId: null } : { account: { tenant: { slug: tenantSlug } } };
  return readPage((work) => platformDb().$transaction(work), filters, place);
}

/**
 * Revokes a token that the person may see. Operators say why, members may. Throws not_found for tokens that are not
 * theirs to see.
 */
export async function revokeOwnToken(person: Person, input: RevokeToken): Promise<{ wasActive: boolean }> {
  const { session, request } = person;
  const own = await withUser(session.userId, (tx) => findSlug(tx, input.tokenId));
  if (own?.slug) {
    const place = await placeOf(person, own.slug);
    const actor = { type: "user" as const, id: session.userId };
    return revokeToken({ via: "browser", actor, request }, place, input);
  }
  const foreign = managesPlatform(session) ? await findSlug(platformDb(), input.tokenId) : null;
  if (foreign === null) throw notFound("Token");
  requireReason(input);
  const tenantId = foreign.tenantId === null ? null : tenantIdOfToken({ id: foreign.tenantId });
  const actor = { type: "operator" as const, id: session.userId };
  return revokeToken({ via: "browser", actor, request }, { tenantId }, input);
}

async function readPage(read: Reader, filters: ListTokens, place: Where): Promise<TokenPage> {
  const { page, pageSize } = filters;
  return read(async (tx) => {
    const where: Where = { AND: [{ successorId: null }, place, await conditionOf(tx, filters)] };
    const total = await tx.serviceAccountToken.count({ where });
    const rows = await tx.serviceAccountToken.findMany({
      where,
      include: INCLUDE,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return {
      items: rows.map(itemOf),
      total,
      page,
      pageSize,
      pages: Math.max(1, Math.ceil(total / pageSize)),
    };
  });
}

async function conditionOf(
  tx: Prisma.TransactionClient,
  { account, status, fingerprint }: ListTokens,
): Promise<Where> {
  const parts: Where[] = [];
  if (account) parts.push({ account: { name: account } });
  if (status) parts.push(inState(status));
  if (fingerprint) {
    // An earlier pair of the family may be the one that was found.
    const found = await tx.serviceAccountToken.findMany({
      where: { fingerprint },
      select: { familyId: true },
    });
    parts.push({ familyId: { in: found.map(({ familyId }) => familyId) } });
  }
  return { AND: parts };
}

function inState(state: TokenState): Where {
  if (state === "active") return { revokedAt: null, expiresAt: { gt: now() } };
  if (state === "expired") {
    return { OR: [{ revokedReason: "expired" }, { revokedAt: null, expiresAt: { lte: now() } }] };
  }
  return { revokedAt: { not: null }, NOT: { revokedReason: "expired" } };
}

type Row = Prisma.ServiceAccountTokenGetPayload<{ include: typeof INCLUDE }>;

function itemOf(row: Row): TokenItem {
  const state = stateOf(row);
  return {
    id: row.id,
    account: row.account.name,
    tenant: row.accountOfTenant?.tenant ?? null,
    scopes: row.scopes as MachineScope[],
    state,
    fingerprint: row.fingerprint,
    reason: row.reason,
    issuedVia: row.issuedVia,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: state === "revoked" ? (row.revokedAt?.toISOString() ?? null) : null,
    revokedReason: state === "revoked" ? row.revokedReason : null,
    signingKid: row.signingKid,
  };
}

function stateOf({ revokedAt, revokedReason, expiresAt }: Row): TokenState {
  if (revokedAt !== null) return revokedReason === "expired" ? "expired" : "revoked";
  return expiresAt <= now() ? "expired" : "active";
}

async function findSlug(tx: Pick<ReturnType<typeof db>, "serviceAccountToken">, tokenId: string) {
  const row = await tx.serviceAccountToken.findUnique({
    where: { id: tokenId },
    select: { tenantId: true, account: { select: { tenant: { select: { slug: true } } } } },
  });
  return row && { tenantId: row.tenantId, slug: row.account.tenant?.slug ?? null };
}

function requireReason({ reason = "" }: RevokeToken): void {
  if (reason.length >= REASON_LENGTH_MIN) return;
  const message = `Say why, in ${REASON_LENGTH_MIN} characters or more.`;
  throw new AppError("invalid", message, { fields: { reason: message } });
}
