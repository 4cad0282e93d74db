// The receipt of an answer: every call that was made for it, what was held and what was paid, by which prices, and by whom.
// Open to the conversation's owner and to those who may see what everybody uses; for everybody else it does not exist.

import { type AppError, notFound } from "../platform/errors";
import { decimalOfNano } from "../platform/money";
import { queryTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { MessageReceipt } from "./contract";
import { CALLS, type CallRow, OPEN_HOLDS, type OpenRow } from "./receipt-rows";

export interface ReceiptLine {
  unit:
    | "input_token"
    | "cache_read_token"
    | "cache_write_token"
    | "output_token"
    | "reasoning_token"
    | "message";
  quantity: number;
  /** Null for calls from before models had prices. */
  priceNanoPerMillion: string | null;
}

export interface ReceiptCall {
  id: string;
  /** "chat", "title". */
  purpose: string;
  model: string;
  agent: string | null;
  outcome: "ok" | "aborted" | "error";
  /** Who counted the tokens: the provider, or Parley up to where the answer broke off. */
  source: "provider_final" | "estimate" | "checkpoint";
  occurredAt: string;
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  reasoningTokens: number;
  lines: ReceiptLine[];
  /** The rate card's version that the prices are of. */
  priceVersion: { rateCard: string; version: number } | null;
  plan: { code: string; version: number } | null;
  paidBy: "allowance" | "reserve" | null;
  /** What was held of the reserve before the call went out. Decimal text of nano, as all amounts here. */
  heldNano: string;
  costNano: string;
  chargedNano: string;
  /** The part of the charge that was booked after the call had been settled once. */
  adjustedNano: string;
}

export interface Receipt {
  messageId: string;
  /** Null for who may see the receipt and not the conversation. */
  conversationId: string | null;
  /** Whether calls are still under way. */
  isOpen: boolean;
  calls: ReceiptCall[];
  /** What is held for calls that are under way. */
  open: { purpose: string; model: string; heldNano: string }[];
  paidBy: "allowance" | "reserve" | "both" | null;
  inputTokens: number;
  outputTokens: number;
  costNano: string;
  /** In major units. */
  cost: string;
  chargedNano: string;
  charged: string;
  currency: string;
}

const ANSWER = {
  name: "usage_answer",
  text: `
  SELECT c.id::text AS conversation_id, c.user_id = $3 AND c.deleted_at IS NULL AS is_own, a.currency
    FROM messages m JOIN conversations c ON c.tenant_id = $1 AND c.id = m.conversation_id
    JOIN reserve_accounts a ON a.tenant_id = $1
   WHERE m.tenant_id = $1 AND m.id = $2 AND m.role = 'assistant'`,
};

interface AnswerRow extends Record<string, string | boolean> {
  conversation_id: string;
  is_own: boolean;
  currency: string;
}

/** The receipt of an answer, also of one that was stopped or failed. Throws not_found for strangers to it. */
export async function getReceipt(scope: Scope, { messageId }: MessageReceipt): Promise<Receipt> {
  const values = [scope.tenantId, messageId, scope.userId];
  const [answer] = await queryTenant<AnswerRow>(scope, { ...ANSWER, values });
  const isOwn = answer?.is_own === true && scope.permissions.has("chat.read");
  if (!answer || !(isOwn || scope.permissions.has("billing.read"))) throw receiptNotFound();
  const [rows, open] = await Promise.all([
    queryTenant<CallRow>(scope, { ...CALLS, values: [scope.tenantId, messageId] }),
    queryTenant<OpenRow>(scope, { ...OPEN_HOLDS, values: [scope.tenantId, messageId] }),
  ]);
  const calls = rows.map(callOf);
  return {
    messageId,
    conversationId: isOwn ? answer.conversation_id : null,
    isOpen: open.length > 0,
    calls,
    open: open.map(({ purpose, model, amount_nano }) => ({ purpose, model, heldNano: amount_nano })),
    ...totalOf(calls),
    currency: answer.currency,
  };
}

function receiptNotFound(): AppError {
  return notFound("Receipt");
}

function totalOf(calls: readonly ReceiptCall[]) {
  const costNano = calls.reduce((sum, call) => sum + BigInt(call.costNano), 0n);
  const chargedNano = calls.reduce((sum, call) => sum + BigInt(call.chargedNano), 0n);
  const [payer = null, ...others] = new Set(calls.flatMap(({ paidBy }) => paidBy ?? []));
  return {
    paidBy: others.length > 0 ? ("both" as const) : payer,
    inputTokens: calls.reduce((sum, call) => sum + call.inputTokens, 0),
    outputTokens: calls.reduce((sum, call) => sum + call.outputTokens, 0),
    costNano: costNano.toString(),
    cost: decimalOfNano(costNano),
    chargedNano: chargedNano.toString(),
    charged: decimalOfNano(chargedNano),
  };
}

function callOf(row: CallRow): ReceiptCall {
  const charged = BigInt(row.charged);
  const settled = BigInt(row.settled_nano ?? "0");
  return {
    id: row.id,
    purpose: row.purpose,
    model: row.model,
    agent: row.agent,
    outcome: row.outcome,
    source: row.source,
    occurredAt: row.occurred_at.toISOString(),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cachedInputTokens: row.cached_input_tokens,
    reasoningTokens: row.reasoning_tokens,
    lines: linesOf(row),
    priceVersion:
      row.rate_card === null || row.rate_version === null
        ? null
        : { rateCard: row.rate_card, version: row.rate_version },
    plan:
      row.plan === null || row.plan_version === null ? null : { code: row.plan, version: row.plan_version },
    paidBy: row.payer,
    heldNano: row.held_nano ?? "0",
    costNano: (BigInt(row.cost_nano ?? "0") + charged - settled).toString(),
    chargedNano: row.charged,
    adjustedNano: (charged - settled).toString(),
  };
}

// As `usage_cost` counts: tokens of the cache and of reasoning are part of input and output unless they have a price.
function linesOf(row: CallRow): ReceiptLine[] {
  const { input_tokens: input, output_tokens: output } = row;
  const read = Math.min(row.cached_input_tokens, input);
  const cached = row.cached === null ? 0 : read;
  const written = row.written === null ? 0 : Math.min(row.cache_write_tokens, input - read);
  const reasoning = row.reasoning === null ? 0 : Math.min(row.reasoning_tokens, output);
  const lines: ReceiptLine[] = [
    { unit: "input_token", quantity: input - cached - written, priceNanoPerMillion: row.input },
    { unit: "cache_read_token", quantity: cached, priceNanoPerMillion: row.cached },
    { unit: "cache_write_token", quantity: written, priceNanoPerMillion: row.written },
    { unit: "output_token", quantity: output - reasoning, priceNanoPerMillion: row.output },
    { unit: "reasoning_token", quantity: reasoning, priceNanoPerMillion: row.reasoning },
    { unit: "message", quantity: row.message === null ? 0 : row.messages, priceNanoPerMillion: row.message },
  ];
  return lines.filter(
    ({ unit, quantity }) => quantity > 0 || unit === "input_token" || unit === "output_token",
  );
}
