// What people do with their own sessions: see them, end one, end the others, sign out. Tokens never appear here but as
// the caller's own.

import { recordAudit } from "../../audit/log";
import { db } from "../../platform/db";
import { notFound } from "../../platform/errors";
import type { Prisma, Session } from "../../platform/prisma/client";
import type { RequestInfo } from "../../request";
import type { ListSessions } from "../contract";
import { findSessionOwner, type SessionState } from "../sessions";
import { placeName, sessionAddress } from "./device";
import { liveSessionsOf, revokeAllSessions, revokeOtherSessions, revokeSession } from "./revocation";

export interface SessionItem {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  userAgent: string | null;
  browser: string | null;
  platform: string | null;
  device: string | null;
  ip: string | null;
  /** "Berlin, Germany"; null when nobody looked, "unknown" when it could not be found. */
  place: string | null;
  /** The workspace it was used in last. */
  tenantId: string | null;
  isCurrent: boolean;
}

/** A person's live sessions, newest first. */
export async function listSessions(session: SessionState, input: ListSessions) {
  const { page, pageSize } = input;
  const where = { ...liveSessionsOf(session.userId), ...usedIn(session, input.tenant) };
  const newestFirst =
    input.sort === "createdAt" ? { createdAt: "desc" as const } : { lastSeenAt: "desc" as const };
  const [total, rows] = await db().$transaction([
    db().session.count({ where }),
    db().session.findMany({
      where,
      orderBy: [newestFirst, { id: "desc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
      omit: { secretHash: true },
    }),
  ]);
  const items = rows.map((row) => sessionItem(row, session.sessionId));
  return { items, total, page, pageSize, pages: Math.ceil(total / pageSize) };
}

function usedIn(session: SessionState, tenant: ListSessions["tenant"]): { activeTenantId?: string | null } {
  if (tenant === "all") return {};
  return { activeTenantId: tenant === "current" ? session.activeTenantId : tenant };
}

function sessionItem(row: Omit<Session, "secretHash">, currentId: string): SessionItem {
  const { id, userAgent, browser, platform, device, idleExpiresAt, absoluteExpiresAt } = row;
  const expiresAt = idleExpiresAt < absoluteExpiresAt ? idleExpiresAt : absoluteExpiresAt;
  return {
    id,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...{ userAgent, browser, platform, device },
    ip: sessionAddress(id, row.ipEnvelope),
    place: placeName(row),
    tenantId: row.activeTenantId,
    isCurrent: id === currentId,
  };
}

/** Ends one of the person's sessions; an unknown or foreign id is not_found. */
export async function revokeOwnSession(session: SessionState, sessionId: string, request: RequestInfo) {
  await db().$transaction(async (tx) => {
    const wasLive = await revokeSession(tx, { userId: session.userId, sessionId }, "revoked_by_owner");
    if (!wasLive) throw notFound("Session");
    await audit(tx, request, { action: "session.revoke", userId: session.userId, sessionId });
  });
}

/** Ends all sessions but the current one; answers how many. */
export async function revokeOthers(session: SessionState, request: RequestInfo): Promise<{ count: number }> {
  return db().$transaction(async (tx) => {
    const count = await revokeOtherSessions(tx, session);
    await audit(tx, request, { action: "session.revoke_others", userId: session.userId, count });
    return { count };
  });
}

/** Signs this browser out. The token may have expired or ended before; a wrong one changes nothing. */
export async function logout(token: string | null, request: RequestInfo): Promise<void> {
  const owner = token === null ? null : await findSessionOwner(token);
  if (!owner) return;
  await db().$transaction(async (tx) => {
    const wasLive = await revokeSession(tx, owner, "logout");
    if (wasLive) await audit(tx, request, { action: "auth.logout", ...owner });
  });
}

/** Signs the person out everywhere; answers how many sessions ended. */
export async function logoutAll(session: SessionState, request: RequestInfo): Promise<{ count: number }> {
  return db().$transaction(async (tx) => {
    const count = await revokeAllSessions(tx, session.userId, "logout_all");
    await audit(tx, request, { action: "auth.logout_all", userId: session.userId, count });
    return { count };
  });
}

async function audit(
  tx: Prisma.TransactionClient,
  request: RequestInfo,
  act: { action: string; userId: string; sessionId?: string; count?: number },
): Promise<void> {
  const { action, userId, sessionId, count } = act;
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: userId },
    action,
    category: "auth",
    ...(sessionId === undefined ? {} : { target: { type: "session", id: sessionId } }),
    ...(count === undefined ? {} : { metadata: { count } }),
    request,
  });
}
