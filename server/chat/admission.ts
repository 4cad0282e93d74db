// The order of checks before a model is called (requirements G7, CHAT-15), in one place: every way of starting a run goes
// through here, and a check that joins later joins this list.

import { AppError } from "../platform/errors";
import type { Scope } from "../tenants/scope";
import { TEXT_FORBIDDEN } from "../tenants/terms";
import { requireAffordable } from "../wallet/admission";
import { requireRate } from "./rate";

/** What is about to be asked. */
export interface Question {
  model: string;
  text: string;
}

type Check = (scope: Scope, question: Question) => Promise<void> | void;

/**
 * 1. A verified e-mail: only a verified session has a scope, and each request makes its own (procedures.ts).
 * 2. Role, 3. rate of the person and of the tenant, 4. plan allowance, spend cap and reserve. The last three are taken when
 * the call is made (agents/held-call.ts); here they are asked for, so that a refusal is the answer to the request.
 */
const CHECKS: readonly Check[] = [mayWrite, isWithinRate, isAffordable];

/** Passes or throws the refusal of the first check that fails; later checks count nothing for it. */
export async function admitRun(scope: Scope, question: Question): Promise<void> {
  for (const check of CHECKS) await check(scope, question);
}

function mayWrite(scope: Scope): void {
  if (scope.permissions.has("chat.write")) return;
  throw new AppError("forbidden", TEXT_FORBIDDEN);
}

function isWithinRate(scope: Scope): Promise<void> {
  const message = "You are sending messages too quickly. Please wait a moment.";
  return requireRate(scope, ["chat.user", "chat.tenant"], message);
}

async function isAffordable(scope: Scope, { model, text }: Question): Promise<void> {
  const warning = await requireAffordable(scope, { model, inputTokens: Buffer.byteLength(text) });
  if (warning !== null) scope.request.reply.warning = warning;
}
