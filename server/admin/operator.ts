// An operator acting on a person. Both rows are locked and read first, so that ranks are those of this moment; nobody acts
// on themselves or on somebody of their own rank or above, but that an admin may take the role of another admin. What was
// done and why is audited in the same transaction.

import { type AuditMetadata, recordAudit } from "../audit/log";
import type { SessionState } from "../auth/sessions";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { PLATFORM_RANK, type PlatformRole } from "../auth/terms";
import { db } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import type { LimitName } from "../platform/limit-table";
import type { Prisma } from "../platform/prisma/client";
import type { RequestInfo } from "../request";
import { TEXT_FORBIDDEN } from "../tenants/terms";
import { TEXT_OWN_ACCOUNT } from "./terms";

export interface Operator {
  session: SessionState;
  request: RequestInfo;
}

/** Who acts, out of a procedure's context. */
export function operatorOf({ session, info }: { session: SessionState; info: RequestInfo }): Operator {
  return { session, request: info };
}

/** Every change by an operator counts against one limit of that person. */
export const COUNTED: { limits: LimitName[] } = { limits: ["operator.user"] };

export interface Target {
  id: string;
  email: string;
  isVerified: boolean;
  platformRole: PlatformRole;
  /** The operator's own role, as it is now. */
  operatorRole: PlatformRole;
}

interface Deed {
  userId: string;
  /** As the audit log names it, such as "user.lock". */
  action: string;
  reason?: string | undefined;
  /** Asks who is there once more when the sign-in is older than ten minutes. */
  needsStepUp?: boolean;
  /** One admin may do it to another: of two who do it to each other at once, one remains. */
  isForFellowAdmins?: boolean;
}

/** Runs `effect` on a person of lower rank and audits it with what it answers, in one transaction. */
export async function actOnUser(
  operator: Operator,
  { userId, action, reason, needsStepUp = false, isForFellowAdmins = false }: Deed,
  effect: (tx: Prisma.TransactionClient, target: Target) => Promise<AuditMetadata>,
): Promise<void> {
  if (needsStepUp) requireRecentAuthentication(operator.session);
  await db().$transaction(async (tx) => {
    const target = await lockTarget(tx, operator, { userId, isForFellowAdmins });
    const facts = await effect(tx, target);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "operator", id: operator.session.userId },
      action,
      category: "admin",
      target: { type: "user", id: userId },
      metadata: { ...(reason !== undefined && { reason }), ...facts },
      request: operator.request,
    });
  });
}

/** Throws unless the operator may act on this person, for effects that keep a transaction of their own. */
export async function assertMayActOn(operator: Operator, userId: string): Promise<void> {
  requireRecentAuthentication(operator.session);
  await db().$transaction((tx) => lockTarget(tx, operator, { userId }));
}

interface LockedRow {
  id: string;
  email: string;
  is_verified: boolean;
  platform_role: PlatformRole;
}

async function lockTarget(
  tx: Prisma.TransactionClient,
  { session }: Operator,
  { userId, isForFellowAdmins = false }: Pick<Deed, "userId" | "isForFellowAdmins">,
): Promise<Target> {
  const rows = await tx.$queryRaw<LockedRow[]>`
    SELECT id::text, email, email_verified_at IS NOT NULL AS is_verified, platform_role::text
      FROM users WHERE id IN (${session.userId}::uuid, ${userId}::uuid) ORDER BY id FOR UPDATE`;
  const target = rows.find(({ id }) => id === userId);
  const operator = rows.find(({ id }) => id === session.userId);
  if (!target || !operator) throw notFound("User");
  if (target === operator) throw new AppError("forbidden", TEXT_OWN_ACCOUNT);
  const areAdmins = operator.platform_role === "admin" && target.platform_role === "admin";
  const isAbove = PLATFORM_RANK[operator.platform_role] > PLATFORM_RANK[target.platform_role];
  if (!isAbove && !(isForFellowAdmins && areAdmins)) throw new AppError("forbidden", TEXT_FORBIDDEN);
  return {
    id: target.id,
    email: target.email,
    isVerified: target.is_verified,
    platformRole: target.platform_role,
    operatorRole: operator.platform_role,
  };
}
