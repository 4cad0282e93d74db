// The order of checks before a model is called (requirements G7, CHAT-15), in one place: every way of starting a run goes
// through here, and a check that joins later joins this list.

import { AppError } from "../platform/errors";
import type { Scope } from "../tenants/scope";
import { TEXT_FORBIDDEN } from "../tenants/terms";
import { requireRate } from "./rate";

type Check = (scope: Scope) => Promise<void> | void;

/**
 * 1. A verified e-mail: only a verified session has a scope, and each request makes its own (procedures.ts).
 * 2. Role, 3. rate of the person and of the tenant. Plan quota, spend cap and reserve follow in this order.
 */
const CHECKS: readonly Check[] = [mayWrite, isWithinRate];

/** Passes or throws the refusal of the first check that fails; later checks count nothing for it. */
export async function admitRun(scope: Scope): Promise<void> {
  for (const check of CHECKS) await check(scope);
}

function mayWrite(scope: Scope): void {
  if (scope.permissions.has("chat.write")) return;
  throw new AppError("forbidden", TEXT_FORBIDDEN);
}

function isWithinRate(scope: Scope): Promise<void> {
  const message = "You are sending messages too quickly. Please wait a moment.";
  return requireRate(scope, ["chat.user", "chat.tenant"], message);
}
