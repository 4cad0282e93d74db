// Proving again who is there. What is sensitive (address, password, second factor, deletion, operators' harm) asks for a
// sign-in or a step-up of the last ten minutes; a step-up rotates the session, as every gain of privilege does.

import { auditStatement } from "../../audit/log";
import { now } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import type { Statement } from "../../platform/pipeline";
import { type NewSession, rotateSession, type SessionState } from "../sessions";
import { STEP_UP_VALID_MINUTES, TEXT_STEP_UP } from "../terms";
import type { SignedInCaller } from "./password-prompt";

const MINUTE_MS = 60_000;

/** Throws `forbidden` (step_up_required) unless the person signed in or stepped up within ten minutes. */
export function requireRecentAuthentication(session: SessionState): void {
  const provedAtMs = Math.max(session.authenticatedAt.getTime(), session.stepUpAt?.getTime() ?? 0);
  if (now().getTime() - provedAtMs < STEP_UP_VALID_MINUTES * MINUTE_MS) return;
  throw new AppError("forbidden", TEXT_STEP_UP, { reason: "step_up_required" });
}

/** Adds the statements of a step-up to the batch: the session that takes the place of this one, and its audit row. */
export async function completeStepUp(
  batch: Statement[],
  { session, request }: SignedInCaller,
): Promise<NewSession> {
  const renewed = await rotateSession(batch, session, { request, stepUpAt: now() });
  batch.push(
    auditStatement({
      tenantId: null,
      actor: { type: "user", id: session.userId },
      action: "auth.step_up",
      category: "auth",
      target: { type: "session", id: renewed.sessionId },
      request,
    }),
  );
  return renewed;
}
