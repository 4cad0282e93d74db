// The rows of sessions: what is read at every request and written at every sign-in, as prepared statements. A token is
// "<id>.<secret>"; the table knows the id and the secret's SHA-256.

import { now } from "../../platform/clock";
import { sha256, timingSafeEqual } from "../../platform/crypto";
import { pool } from "../../platform/db";
import { findPlaceNow, isPlaceLookedUpLater } from "../../platform/geo";
import { newId } from "../../platform/ids";
import type { Statement } from "../../platform/pipeline";
import type { PlatformRole, UserState } from "../../platform/prisma/enums";
import type { RequestInfo } from "../../request";
import { deviceColumns, lookOf } from "./device";
import { deviceHash, deviceToken } from "./device-cookie";

export interface SessionRow {
  id: string;
  secret_hash: Buffer;
  user_id: string;
  epoch: number;
  aal: number;
  is_persistent: boolean;
  authenticated_at: Date;
  step_up_at: Date | null;
  last_seen_at: Date;
  idle_expires_at: Date;
  absolute_expires_at: Date;
  revoked_at: Date | null;
  replaced_by_id: string | null;
  active_tenant_id: string | null;
  user_agent: string | null;
  browser: string | null;
  known_prefix_hashes: string[];
  session_epoch: number;
  deletion_due_at: Date | null;
  email: string;
  email_verified_at: Date | null;
  status: UserState;
  platform_role: PlatformRole;
  mfa_enabled_at: Date | null;
  display_name: string | null;
  time_zone: string | null;
  locale: string | null;
  settings: unknown;
  avatar_id: string | null;
}

export interface NewRow {
  token: string;
  userId: string;
  epoch: number;
  aal: number;
  isPersistent: boolean;
  authenticatedAt: Date;
  stepUpAt: Date | null;
  idleExpiresAt: Date;
  absoluteExpiresAt: Date;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIFETIMES = {
  person: { idleMs: 14 * DAY_MS, absoluteMs: 30 * DAY_MS },
  operator: { idleMs: HOUR_MS, absoluteMs: DAY_MS },
};

/** How long a session may rest, and how long it may last. */
export function lifetimeOf(role: PlatformRole): { idleMs: number; absoluteMs: number } {
  return role === "user" ? LIFETIMES.person : LIFETIMES.operator;
}

/** What is read of a session at every request, by its id. */
export const SESSION_BY_ID = `
  SELECT s.id, s.secret_hash, s.user_id, s.epoch, s.aal, s.is_persistent, s.authenticated_at, s.step_up_at, s.last_seen_at,
         s.idle_expires_at, s.absolute_expires_at, s.revoked_at, s.replaced_by_id,
         s.active_tenant_id, s.user_agent, s.browser, s.known_prefix_hashes,
         u.session_epoch, u.deletion_due_at, u.email, u.email_verified_at, u.status, u.platform_role, u.mfa_enabled_at,
         p.display_name, p.time_zone, p.locale, p.settings, p.avatar_id
    FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN user_profiles p ON p.user_id = u.id
   WHERE s.id = $1`;

/** The row a token opens, live or not; null when its id is unknown or its secret wrong. */
export async function findRow(token: string): Promise<SessionRow | null> {
  const { sessionId, secretHash } = splitToken(token);
  const query = { name: "session_by_id", text: SESSION_BY_ID, values: [sessionId] };
  const { rows } = await pool().query<SessionRow>(query);
  const row = rows[0];
  return row && timingSafeEqual(row.secret_hash, secretHash) ? row : null;
}

/** What decides whether a session is live. */
export type LifeOfSession = Pick<
  SessionRow,
  | "epoch"
  | "idle_expires_at"
  | "absolute_expires_at"
  | "revoked_at"
  | "session_epoch"
  | "deletion_due_at"
  | "status"
>;

/** Neither ended nor expired, of the person's present epoch, and of a person who may sign in. */
export function isLive(row: LifeOfSession): boolean {
  return (
    row.revoked_at === null &&
    row.epoch === row.session_epoch &&
    expiryOf(row) > now() &&
    row.deletion_due_at === null &&
    (row.status === "active" || row.status === "pending")
  );
}

/** When a session ends if it is not used again. */
export function expiryOf(row: Pick<SessionRow, "idle_expires_at" | "absolute_expires_at">): Date {
  return row.idle_expires_at < row.absolute_expires_at ? row.idle_expires_at : row.absolute_expires_at;
}

/** The public half of a token. */
export function sessionIdOf(token: string): string {
  return splitToken(token).sessionId;
}

const INSERT = `
  INSERT INTO sessions (id, secret_hash, user_id, epoch, is_persistent, authenticated_at, created_at, last_seen_at,
                        idle_expires_at, absolute_expires_at, ip_envelope, ip_prefix_hash, user_agent, platform,
                        browser, device, fingerprint, aal, step_up_at, known_prefix_hashes, city, region, country)
  VALUES ($1, $2, $3, $4, $5, $16, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $17, $18, ARRAY[$10::text],
          $19, $20, $21)`;

/** Stores a new session. */
export function insertRow(row: NewRow, request: RequestInfo): Statement {
  const { sessionId, secretHash } = splitToken(row.token);
  const device = deviceColumns(sessionId, request);
  const place = findPlaceNow(request.ip);
  return {
    name: "session_insert",
    text: INSERT,
    values: [
      sessionId,
      secretHash,
      row.userId,
      row.epoch,
      row.isPersistent,
      now(),
      row.idleExpiresAt,
      row.absoluteExpiresAt,
      device.ipEnvelope,
      device.ipPrefixHash,
      device.userAgent,
      device.platform,
      device.browser,
      device.device,
      device.fingerprint,
      row.authenticatedAt,
      row.aal,
      row.stepUpAt,
      place?.city ?? null,
      place?.region ?? null,
      place?.country ?? null,
    ],
  };
}

/**
 * Ties a new session to its browser; see the SQL function `session_opened`. `replacedId` is the session it takes the
 * place of, if any.
 */
export function openedRow(
  session: { id: string; userId: string },
  request: RequestInfo,
  replacedId?: string,
): Statement {
  const { id, userId } = session;
  const browser = [deviceHash(userId, deviceToken(request)), lookOf(request)];
  return {
    name: "session_opened",
    text: "SELECT session_opened($1, $2, $3, $4, $5, $6, $7, $8)",
    values: [id, userId, ...browser, now(), replacedId ?? null, newId(), isPlaceLookedUpLater()],
  };
}

/** Ends a session that another one takes the place of; `successorId` is null when that one is somebody else's. */
export function replaceRow(sessionId: string, reason: string, successorId: string | null): Statement {
  return {
    name: "session_replace",
    text: `UPDATE sessions SET revoked_at = $2, revoked_reason = $3, replaced_by_id = $4
            WHERE id = $1 AND revoked_at IS NULL`,
    values: [sessionId, now(), reason, successorId],
  };
}

function splitToken(token: string): { sessionId: string; secretHash: Buffer } {
  const [sessionId = "", secret = ""] = token.split(".");
  return { sessionId, secretHash: sha256(secret) };
}
