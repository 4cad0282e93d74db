// The end of a sign-in: the session and its traces. What comes before it is `credentials.ts` and, where an account has
// one, the second factor.

import type { Statement } from "../../platform/pipeline";
import type { PlatformRole } from "../../platform/prisma/enums";
import type { RequestInfo } from "../../request";
import { createSession, type NewSession, type SessionState } from "../sessions";
import { loginTraces } from "./login-events";

/**
 * Adds the statements of a finished sign-in to the batch, which is run once and whole. `replaces` is who this browser was
 * signed in as; that session ends.
 */
export async function completeSignIn(
  batch: Statement[],
  user: { id: string; platformRole: PlatformRole; sessionEpoch: number },
  options: { isPersistent: boolean; request: RequestInfo; replaces: SessionState | null; aal: 1 | 2 },
): Promise<NewSession> {
  const session = await createSession(batch, user, options);
  const { sessionId } = session;
  batch.push(...loginTraces({ userId: user.id, request: options.request, reason: null, sessionId }));
  return session;
}
