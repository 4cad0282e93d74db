// The traces of a sign-in: a row in the person's own history (append-only) and one in the audit log.

import { auditStatement } from "../../audit/log";
import { now } from "../../platform/clock";
import { newId } from "../../platform/ids";
import type { Statement } from "../../platform/pipeline";
import type { RequestInfo } from "../../request";
import { addressHash } from "../session/device";

export interface LoginOutcome {
  /** Null for an address without an account. */
  userId: string | null;
  /** Why it was refused; null when it was not. */
  reason: string | null;
  request: RequestInfo;
  /** The session it led to, begun earlier in the same batch; its workspace is noted. */
  sessionId?: string;
}

const INSERT_EVENT = `
  INSERT INTO user_login_events (id, user_id, result, reason, ip_hash, user_agent, created_at, active_tenant_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT active_tenant_id FROM sessions WHERE id = $8))`;

/** The statements that record how a sign-in ended; put them last in a batch, since the audit chain stays locked. */
export function loginTraces({ userId, reason, request, sessionId }: LoginOutcome): Statement[] {
  const result = reason === null ? "success" : "failure";
  const event = [
    ...[newId(), userId, result, reason, addressHash(request.ip), request.userAgent, now()],
    sessionId ?? null,
  ];
  return [
    { name: "login_event_insert", text: INSERT_EVENT, values: event },
    auditStatement({
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "auth.login",
      category: "auth",
      result,
      metadata: reason === null ? {} : { reason },
      request,
    }),
  ];
}
