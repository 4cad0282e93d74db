// Registrations that only a script would send: a filled field that people do not see, or a user agent that an operator
// has put on the list. They are told what everybody is told, after the same work, and nothing is registered.

import { hashPassword } from "../auth/password/hash";
import { newUserId } from "../auth/users";
import { config } from "../platform/config";
import { sha256 } from "../platform/crypto";
import { logger } from "../platform/logger";
import { signupAttemptsTotal, signupBlockedTotal } from "../platform/metrics";
import type { RequestInfo } from "../request";
import type { Register } from "./contract";

const log = logger("signup");

/** Whether a registration is to be dropped; says so in the log, with the user agent's fingerprint. */
export function isTrapped({ website = "" }: Pick<Register, "website">, request: RequestInfo): boolean {
  const fingerprint = sha256(request.userAgent).toString("hex");
  const isListed = config().signupBlockedAgents.includes(fingerprint);
  if (website === "" && !isListed) return false;
  const reason = website === "" ? "user_agent" : "honeypot";
  log.warn({ event: "signup.request_blocked", correlation_id: request.id, reason, fingerprint }, "dropped");
  signupBlockedTotal.inc({ reason });
  signupAttemptsTotal.inc({ result: "dropped", policy: config().signupAccessPolicy });
  return true;
}

/** The work of a registration, for nothing. */
export async function pretend({ password }: Register, { signal }: RequestInfo): Promise<void> {
  await hashPassword(newUserId(), password, signal);
}
