// What is held against an account. An operator's lock, a disablement and the want of a workspace are facts of their own, and
// lifting one leaves the others; the lock after failed sign-ins is yet another one (`sign-in/login-attempts.ts`) and ends by itself.
// `status` always follows from these facts and from the confirmed address, so nothing else sets it.

import { now } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import type { Prisma } from "../../platform/prisma/client";
import { type RevokeReason, revokeAllSessions } from "../session/revocation";
import type { PlatformRole } from "../terms";

export type Hold = "lock" | "disable";

const REVOKE_REASON: Record<Hold, RevokeReason> = {
  lock: "locked_by_operator",
  disable: "disabled_by_operator",
};

/** Holds an account and ends all its sessions in the same transaction. Answers how many, or null when it is held so already. */
export async function holdUser(
  tx: Prisma.TransactionClient,
  userId: string,
  { hold, reason }: { hold: Hold; reason: string },
): Promise<number | null> {
  const at = now();
  const { count } =
    hold === "lock"
      ? await tx.user.updateMany({
          where: { id: userId, lockedAt: null },
          data: { lockedAt: at, lockedReason: reason },
        })
      : await tx.user.updateMany({
          where: { id: userId, disabledAt: null },
          data: { disabledAt: at, disabledReason: reason },
        });
  if (count === 0) return null;
  await settleStatus(tx, userId);
  return revokeAllSessions(tx, userId, REVOKE_REASON[hold]);
}

/** Lifts one kind of hold and no other. Answers whether there was one. */
export async function releaseUser(
  tx: Prisma.TransactionClient,
  userId: string,
  hold: Hold,
): Promise<boolean> {
  const { count } =
    hold === "lock"
      ? await tx.user.updateMany({
          where: { id: userId, lockedAt: { not: null } },
          data: { lockedAt: null, lockedReason: null },
        })
      : await tx.user.updateMany({
          where: { id: userId, disabledAt: { not: null } },
          data: { disabledAt: null, disabledReason: null },
        });
  if (count === 1) await settleStatus(tx, userId);
  return count === 1;
}

/**
 * Disables the account of somebody who was taken out of their last workspace, apart from what operators hold against it.
 * Operators keep their account: others do not sign them out of the platform. Answers whether it was disabled.
 */
export async function disableWithoutWorkspace(
  tx: Prisma.TransactionClient,
  userId: string,
): Promise<boolean> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, platformRole: "user", withoutWorkspaceAt: null },
    data: { withoutWorkspaceAt: now() },
  });
  if (count === 0) return false;
  await settleStatus(tx, userId);
  await revokeAllSessions(tx, userId, "left_without_workspace");
  return true;
}

/** Lets somebody back in who was disabled for want of a workspace. Answers whether there was such a person. */
export async function readmitUser(tx: Prisma.TransactionClient, userId: string): Promise<boolean> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, withoutWorkspaceAt: { not: null } },
    data: { withoutWorkspaceAt: null },
  });
  if (count === 1) await settleStatus(tx, userId);
  return count === 1;
}

/**
 * Gives a platform role and ends all sessions, so that the next one has the role's lifetime and second factor. Throws
 * `conflict` rather than leave the platform without an admin who may sign in.
 */
export async function setPlatformRole(
  tx: Prisma.TransactionClient,
  userId: string,
  role: PlatformRole,
): Promise<number> {
  const { platformRole } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if (platformRole === "admin" && role !== "admin") await requireOtherAdmin(tx, userId);
  await tx.user.update({ where: { id: userId }, data: { platformRole: role } });
  return revokeAllSessions(tx, userId, "role_changed");
}

// The admins' rows stay locked until commit: of two changes at once, the second one counts who is left.
async function requireOtherAdmin(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  const admins = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM users WHERE platform_role = 'admin' AND status = 'active' ORDER BY id FOR UPDATE`;
  if (!admins.some(({ id }) => id !== userId)) {
    throw new AppError("conflict", "The platform needs at least one admin.");
  }
}

async function settleStatus(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE users SET status = (CASE WHEN disabled_at IS NOT NULL OR without_workspace_at IS NOT NULL THEN 'disabled'
                                    WHEN locked_at IS NOT NULL THEN 'locked'
                                    WHEN email_verified_at IS NULL THEN 'pending' ELSE 'active' END)::user_state
     WHERE id = ${userId}::uuid`;
}
