// The beginning of a file that somebody takes out of a workspace: counted, and written down in its audit log.

import { type AuditMetadata, recordAudit } from "../audit/log";
import { AppError } from "../platform/errors";
import { consumeLimits } from "../platform/rate-limit";
import { withTenant } from "../platform/tenant-db";
import { noteLimit } from "../request";
import type { Scope } from "./scope";

export interface ExportStart {
  /** Of the audit row. */
  action: string;
  /** Whose counter it is: each person has one of this name in each workspace. */
  limit: string;
  perHour: number;
  /** What was asked for. */
  metadata: AuditMetadata;
}

const HOUR_SECONDS = 3_600;

/** Counts and writes down that a file is begun. Throws `over_limit` after too many in an hour. */
export async function beginExport(
  scope: Scope,
  { action, limit, perHour, metadata }: ExportStart,
): Promise<void> {
  const key = `${scope.tenantId}|${scope.userId}`;
  const state = await consumeLimits([{ name: limit, key, points: perHour, windowSeconds: HOUR_SECONDS }]);
  noteLimit(scope.request.reply, state);
  if (!state.allowed) {
    const details = { reason: "rate_limited" as const, retryAfterSeconds: state.retryAfterSeconds };
    throw new AppError("over_limit", "Too many exports. Please try again later.", details);
  }
  await withTenant(scope, (db) =>
    recordAudit(db, {
      tenantId: scope.tenantId,
      actor: scope.actor,
      action,
      category: "tenant",
      target: { type: "tenant", id: scope.tenantId },
      metadata,
      request: scope.request,
    }),
  );
}
