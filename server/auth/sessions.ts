// Sessions of people. Lucia keeps their rules behind this file alone; the adapter below hashes the secret half of a
// token before anything is read or written, so that the database holds nothing that signs anybody in.
// Always true: expiry is judged when a session is read; a revoked session is refused from the next request on.

import { type Adapter, type DatabaseSession, type DatabaseUser, Lucia, TimeSpan } from "lucia";
import { fromNow, now } from "../platform/clock";
import { db } from "../platform/db";
import { randomToken } from "../platform/ids";
import { authRefreshSuccessTotal } from "../platform/metrics";
import type { Statement } from "../platform/pipeline";
import type { PlatformRole } from "../platform/prisma/enums";
import type { RequestInfo } from "../request";
import { keepsBinding } from "./session/binding";
import { answerReuse, type RevokeReason, revokeAllSessions } from "./session/revocation";
import {
  expiryOf,
  findRow,
  insertRow,
  isLive,
  lifetimeOf,
  openedRow,
  replaceRow,
  type SessionRow,
  sessionIdOf,
} from "./session/rows";
import { sessionCookie } from "./session-cookie";
import { HOUR_CYCLES, type HourCycle, type ReadingOfTimes } from "./terms";

/** A signed-in person, as the database said for this request. */
export interface SessionState {
  sessionId: string;
  userId: string;
  email: string;
  emailVerified: boolean;
  displayName: string;
  platformRole: PlatformRole;
  /** Whether the account asks for a second factor. */
  hasSecondFactor: boolean;
  /** Authenticator assurance: 1 password, 2 with a second factor. */
  aal: 1 | 2;
  isPersistent: boolean;
  /** When the person signed in, and when they last proved again who they are; see `sign-in/step-up.ts`. */
  authenticatedAt: Date;
  stepUpAt: Date | null;
  epoch: number;
  absoluteExpiresAt: Date;
  expiresAt: Date;
  /** The workspace this session was used in last. */
  activeTenantId: string | null;
  times: ReadingOfTimes;
  avatarId: string | null;
  /** A `Set-Cookie` value to send along when this use has moved the idle limit. */
  renewedCookie?: string;
}

export interface NewSession {
  sessionId: string;
  token: string;
  cookie: string;
}

/** What a rotated session keeps of the one before it. */
interface SessionProof {
  authenticatedAt: Date;
  stepUpAt: Date | null;
  absoluteExpiresAt: Date;
}

const TOUCH_INTERVAL_MS = 60_000;
const ID_BYTES = 16;

/** The person a token stands for, or null. One SELECT; the idle limit is moved at most once a minute. */
export async function validateSession(token: string, request: RequestInfo): Promise<SessionState | null> {
  const { session, user } = await luciaFor({ request }).validateSession(token);
  if (!session || !user) return null;
  const { row } = session;
  const state: SessionState = {
    sessionId: row.id,
    userId: row.user_id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    displayName: row.display_name ?? row.email,
    platformRole: row.platform_role,
    hasSecondFactor: row.mfa_enabled_at !== null,
    aal: row.aal === 2 ? 2 : 1,
    isPersistent: row.is_persistent,
    authenticatedAt: row.authenticated_at,
    stepUpAt: row.step_up_at,
    epoch: row.epoch,
    absoluteExpiresAt: row.absolute_expires_at,
    expiresAt: expiryOf(row),
    activeTenantId: row.active_tenant_id,
    times: { timeZone: row.time_zone, locale: row.locale, hourCycle: hourCycleOf(row.settings) },
    avatarId: row.avatar_id,
  };
  const isDue = now().getTime() - row.last_seen_at.getTime() >= TOUCH_INTERVAL_MS;
  return isDue ? touch(state, row, token) : state;
}

/**
 * Adds the statements that start a session to the caller's batch. `replaces` is the session this browser had: of the same
 * person it is marked as replaced, so that its token shows a theft when it comes back; of another person it just ends.
 */
export async function createSession(
  batch: Statement[],
  user: { id: string; platformRole: PlatformRole; sessionEpoch: number },
  options: {
    isPersistent: boolean;
    request: RequestInfo;
    replaces: SessionState | null;
    aal?: 1 | 2;
    proof?: SessionProof;
  },
): Promise<NewSession> {
  const { isPersistent, request, replaces, aal = 1, proof } = options;
  const token = `${randomToken(ID_BYTES)}.${randomToken()}`;
  const { idleMs, absoluteMs } = lifetimeOf(user.platformRole);
  const attributes = {
    isPersistent,
    aal,
    epoch: user.sessionEpoch,
    authenticatedAt: proof?.authenticatedAt ?? now(),
    stepUpAt: proof?.stepUpAt ?? null,
    idleExpiresAt: fromNow(idleMs),
    absoluteExpiresAt: proof?.absoluteExpiresAt ?? fromNow(absoluteMs),
  };
  const lucia = luciaFor({ request, batch });
  await lucia.createSession(user.id, attributes as SessionAttributes, { sessionId: token });
  const sessionId = sessionIdOf(token);
  if (replaces) batch.push(replacement(replaces, { userId: user.id, sessionId }));
  batch.push(openedRow({ id: sessionId, userId: user.id }, request, replaces?.sessionId));
  const cookie = sessionCookie(token, { isPersistent, expiresAt: attributes.idleExpiresAt });
  return { sessionId, token, cookie };
}

/**
 * Adds the statements that give a signed-in person a new session id, as every gain of privilege does: the old token stops,
 * the age of the sign-in and its absolute limit stay.
 */
export async function rotateSession(
  batch: Statement[],
  session: SessionState,
  change: { request: RequestInfo; aal?: 1 | 2; stepUpAt?: Date },
): Promise<NewSession> {
  const { userId: id, platformRole, epoch: sessionEpoch, authenticatedAt, absoluteExpiresAt } = session;
  const { request, aal = session.aal, stepUpAt = session.stepUpAt } = change;
  const proof = { authenticatedAt, absoluteExpiresAt, stepUpAt };
  const { isPersistent } = session;
  return createSession(
    batch,
    { id, platformRole, sessionEpoch },
    { isPersistent, request, replaces: session, aal, proof },
  );
}

/** Whose session a token was, expired or not; null unless its secret is right. For signing out. */
export async function findSessionOwner(token: string): Promise<{ userId: string; sessionId: string } | null> {
  const row = await findRow(token);
  return row && { userId: row.user_id, sessionId: row.id };
}

function hourCycleOf(settings: unknown): HourCycle {
  const stored = (settings as { hourCycle?: unknown } | null)?.hourCycle;
  return HOUR_CYCLES.find((known) => known === stored) ?? "auto";
}

/** Notes which workspace a session is used in; written only when it is another one than before. */
export async function noteActiveTenant(session: SessionState, tenantId: string): Promise<void> {
  if (session.activeTenantId === tenantId) return;
  session.activeTenantId = tenantId;
  await db().session.updateMany({ where: { id: session.sessionId }, data: { activeTenantId: tenantId } });
}

async function touch(state: SessionState, row: SessionRow, token: string): Promise<SessionState> {
  const idleExpiresAt = fromNow(lifetimeOf(row.platform_role).idleMs);
  const { count } = await db().session.updateMany({
    where: { id: row.id, revokedAt: null, lastSeenAt: row.last_seen_at },
    data: { lastSeenAt: now(), idleExpiresAt },
  });
  if (count === 0) return state;
  authRefreshSuccessTotal.inc();
  const renewed = { ...state, expiresAt: expiryOf({ ...row, idle_expires_at: idleExpiresAt }) };
  return row.is_persistent ? { ...renewed, renewedCookie: sessionCookie(token, renewed) } : renewed;
}

function replacement(old: SessionState, successor: { userId: string; sessionId: string }): Statement {
  const isSamePerson = old.userId === successor.userId;
  const reason: RevokeReason = isSamePerson ? "replaced" : "signed_in_as_another";
  return replaceRow(old.sessionId, reason, isSamePerson ? successor.sessionId : null);
}

// ------------------------------------------------------------------------------------------------ Lucia's adapter

interface SessionAttributes {
  isPersistent: boolean;
  aal: number;
  epoch: number;
  authenticatedAt: Date;
  stepUpAt: Date | null;
  idleExpiresAt: Date;
  absoluteExpiresAt: Date;
  /** What was read; only sessions out of the database have it. */
  row: SessionRow;
}

declare module "lucia" {
  interface Register {
    Lucia: ReturnType<typeof luciaFor>;
    DatabaseSessionAttributes: SessionAttributes;
  }
}

// Lucia's own lifetime is the longest idle limit; limits by role and by age are the adapter's, in `expiresAt`.
function luciaFor(call: { request: RequestInfo; batch?: Statement[] }) {
  return new Lucia(new HashingAdapter(call.request, call.batch ?? []), {
    sessionExpiresIn: new TimeSpan(14, "d"),
    getSessionAttributes: ({ row }: SessionAttributes) => ({ row }),
  });
}

/** Lucia's session id is the whole token here; the table knows the id half and the secret's hash. */
class HashingAdapter implements Adapter {
  constructor(
    private readonly request: RequestInfo,
    private readonly batch: Statement[],
  ) {}

  async getSessionAndUser(token: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
    const row = await findRow(token);
    if (row?.replaced_by_id) await answerReuse(row, this.request);
    if (!row || !isLive(row) || !(await keepsBinding(row, this.request))) return [null, null];
    const attributes: SessionAttributes = {
      isPersistent: row.is_persistent,
      aal: row.aal,
      epoch: row.epoch,
      authenticatedAt: row.authenticated_at,
      stepUpAt: row.step_up_at,
      idleExpiresAt: row.idle_expires_at,
      absoluteExpiresAt: row.absolute_expires_at,
      row,
    };
    const session = { id: token, userId: row.user_id, expiresAt: expiryOf(row), attributes };
    return [session, { id: row.user_id, attributes: {} }];
  }

  async setSession({ id: token, userId, attributes }: DatabaseSession): Promise<void> {
    this.batch.push(insertRow({ token, userId, ...attributes }, this.request));
  }

  // `touch` moves the idle limit, by role and once a minute; rows end by their columns and are never deleted here.
  async updateSessionExpiration(): Promise<void> {}
  async deleteSession(): Promise<void> {}
  async deleteExpiredSessions(): Promise<void> {}

  async deleteUserSessions(userId: string): Promise<void> {
    await db().$transaction((tx) => revokeAllSessions(tx, userId, "logout_all"));
  }

  // Lists are made of ids, not of tokens, which nobody can know: see `session/own.ts`.
  async getUserSessions(): Promise<DatabaseSession[]> {
    return [];
  }
}
