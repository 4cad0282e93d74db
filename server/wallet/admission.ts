// Admission of model calls: plan allowance, spend caps and reserve are taken together or not at all, in one round trip
// (SQL function `reserve_hold`). The hold is an upper bound of what the call can cost; nothing is sent without one.

import { now } from "../platform/clock";
import { AppError, type ErrorDetails } from "../platform/errors";
import { newId } from "../platform/ids";
import { counter } from "../platform/metrics";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import {
  type HoldState,
  OUTPUT_TOKENS_MIN,
  type Payer,
  TEXT_ALLOWANCE_USED,
  TEXT_CAP_REACHED,
  TEXT_MODEL_UNPRICED,
  TEXT_RESERVE_INSUFFICIENT,
  TEXT_STOPPED_AT_LIMIT,
  TEXT_SUBSCRIPTION_INACTIVE,
} from "./terms";

export interface CallRequest {
  /** Names the call for ever: asked again, it is the same hold. */
  requestId: string;
  /** "chat", "title". */
  purpose: string;
  provider: string;
  model: string;
  agent: string | null;
  conversationId: string | null;
  runId: string | null;
  messageId: string | null;
  /** How many messages of the allowance the call counts for: 1, or 0 when it goes on with one. */
  messages: number;
  /** No input can be longer. */
  inputTokens: number;
  /** What the input probably is. */
  expectedInputTokens: number;
  /** What would be sent as `max_tokens`. */
  outputTokens: number;
}

export interface Hold {
  id: string;
  state: HoldState;
  payer: Payer;
  /** What is held of the reserve; 0 when the allowance pays. */
  amountNano: bigint;
  /** What may be answered: send this as `max_tokens`. */
  outputTokens: number;
  /** The reserve is low and its policy is `limited`: no tools. */
  isLimited: boolean;
  /** What kept the answer from being as long as was wanted; null when nothing did, and when the hold was there before. */
  clampedBy: LimitReason | null;
}

/** What bounds spending, by the name under which a refusal says it. */
export type LimitReason = "usage_limit_exceeded" | "monthly_cap_reached" | "reserve_insufficient";

interface Answer {
  isAdmitted: boolean;
  holdId: string;
  state: HoldState;
  payer: Payer;
  amountNano: string;
  outputTokens: number;
  isLimited: boolean;
  reason:
    | "usage_limit_exceeded"
    | "monthly_cap_reached"
    | "reserve_insufficient"
    | "subscription_inactive"
    | "model_unavailable";
  plan: string | null;
  feature?: string;
  limit?: string;
  usage?: string;
  window?: string;
  retryAt?: string;
  cheapModels?: string[];
  clampedBy?: LimitReason | null;
  /** A cap that does not stop is reached with this call. */
  warning?: "monthly_cap_reached" | null;
}

const RESERVE = { name: "wallet_reserve", text: "SELECT reserve_hold($1, $2::jsonb, $3) AS answer" };

const decisionsTotal = counter(
  "usage_guardrail_decisions_total",
  "Model calls that were admitted or refused",
  ["decision", "plan_code"],
);
const limitHitsTotal = counter("usage_limit_hits_total", "Model calls that a limit refused", [
  "plan_code",
  "limit_type",
  "feature_key",
]);
const capReachedTotal = counter("cap_reached_total", "Model calls that a spend cap refused");

/** Refused because the reserve is low and only cheap models may be used; names them. */
export class LimitedToCheapModels extends AppError {
  constructor(readonly cheapModels: string[]) {
    super("payment_required", TEXT_RESERVE_INSUFFICIENT, { reason: "reserve_insufficient" });
  }
}

/**
 * Holds what a call can cost at most. Throws `over_limit` for an allowance that is used up, `payment_required` for caps, the
 * reserve and an inactive plan, `invalid` for a model without a price. The output is clamped to what is affordable.
 */
export async function holdFor(scope: TenantScope, request: CallRequest): Promise<Hold> {
  const least = Math.min(OUTPUT_TOKENS_MIN, request.outputTokens);
  const asked = { ...request, holdId: newId(), userId: scope.userId, outputTokensMin: least };
  const values = [scope.tenantId, JSON.stringify(asked), now()];
  const [row] = await queryTenant<{ answer: Answer }>(scope, { ...RESERVE, values });
  if (!row) throw new Error("the wallet did not answer");
  const { answer } = row;
  if (!answer.isAdmitted) throw refusalOf(answer);
  decisionsTotal.inc({ decision: "admitted", plan_code: answer.payer });
  const { holdId, amountNano, clampedBy = null, state, payer, outputTokens, isLimited } = answer;
  return { id: holdId, amountNano: BigInt(amountNano), clampedBy, state, payer, outputTokens, isLimited };
}

const PROBE = { name: "wallet_probe", text: "SELECT probe_hold($1, $2::jsonb, $3) AS answer" };

/**
 * Throws what `holdFor` would throw now for the least answer to this request; takes nothing. A reserve that is limited to
 * cheap models refuses nobody here: the call will use one of them. Answers what the caller is to be warned of: a cap that
 * does not stop anybody and is reached.
 */
export async function requireAffordable(
  scope: TenantScope,
  request: { model: string; inputTokens: number },
): Promise<"monthly_cap_reached" | null> {
  const call = { requestId: newId(), purpose: "chat", provider: "none", messages: 1, expectedInputTokens: 0 };
  const bounds = { outputTokens: OUTPUT_TOKENS_MIN, outputTokensMin: OUTPUT_TOKENS_MIN };
  const asked = { ...call, ...request, ...bounds, holdId: newId(), userId: scope.userId };
  const values = [scope.tenantId, JSON.stringify(asked), now()];
  const [row] = await queryTenant<{ answer: Answer }>(scope, { ...PROBE, values });
  if (row && !row.answer.isAdmitted && !row.answer.cheapModels) throw refusalOf(row.answer);
  return row?.answer.warning ?? null;
}

const TEXTS: Record<LimitReason, string> = {
  usage_limit_exceeded: TEXT_ALLOWANCE_USED,
  monthly_cap_reached: TEXT_CAP_REACHED,
  reserve_insufficient: TEXT_RESERVE_INSUFFICIENT,
};

/** Why an answer ends where its hold is used up. */
export function stoppedAtLimit(reason: LimitReason): AppError {
  const code = reason === "usage_limit_exceeded" ? "over_limit" : "payment_required";
  return new AppError(code, `${TEXT_STOPPED_AT_LIMIT} ${TEXTS[reason]}`, { reason });
}

function refusalOf(answer: Answer): AppError {
  const { reason, plan, feature } = answer;
  decisionsTotal.inc({ decision: "refused", plan_code: plan ?? "none" });
  limitHitsTotal.inc({ plan_code: plan ?? "none", limit_type: reason, feature_key: feature ?? "none" });
  const details: ErrorDetails = { reason, ...(plan === null ? {} : { plan }) };
  if (reason === "usage_limit_exceeded")
    return new AppError("over_limit", TEXT_ALLOWANCE_USED, limitDetails(answer, details));
  if (reason === "model_unavailable") return new AppError("invalid", TEXT_MODEL_UNPRICED, details);
  if (reason === "subscription_inactive")
    return new AppError("payment_required", TEXT_SUBSCRIPTION_INACTIVE, details);
  if (reason === "monthly_cap_reached") {
    capReachedTotal.inc();
    return new AppError("payment_required", TEXT_CAP_REACHED, limitDetails(answer, details));
  }
  if (answer.cheapModels) return new LimitedToCheapModels(answer.cheapModels);
  return new AppError("payment_required", TEXT_RESERVE_INSUFFICIENT, details);
}

function limitDetails(answer: Answer, details: ErrorDetails): ErrorDetails {
  const { feature = "", limit = "", usage = "", window = "", retryAt } = answer;
  const waitMs = retryAt === undefined ? 0 : Date.parse(retryAt) - now().getTime();
  return {
    ...details,
    feature,
    limit,
    usage,
    window,
    retryAfterSeconds: Math.max(Math.ceil(waitMs / 1_000), 1),
  };
}
