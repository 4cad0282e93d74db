// What a receipt is made of, as the database tells it: settled calls with their holds and prices, and holds still open.

import { CALLS_OF_ANSWER, CHARGED } from "./usage-events";

export interface CallRow extends Record<string, unknown> {
  id: string;
  purpose: string;
  model: string;
  agent: string | null;
  outcome: "ok" | "aborted" | "error";
  source: "provider_final" | "estimate" | "checkpoint";
  occurred_at: Date;
  messages: number;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  payer: "allowance" | "reserve" | null;
  cost_nano: string | null;
  settled_nano: string | null;
  /** By the ledger. */
  charged: string;
  held_nano: string | null;
  rate_card: string | null;
  rate_version: number | null;
  plan: string | null;
  plan_version: number | null;
  /** Prices in nano for a million; null where the card has no line. */
  input: string | null;
  cached: string | null;
  written: string | null;
  output: string | null;
  reasoning: string | null;
  message: string | null;
}

/** All calls of an answer, in the order they were made. */
export const CALLS = {
  name: "usage_receipt_calls",
  text: `
  SELECT e.id::text, e.purpose, e.model, e.agent, e.outcome::text, e.source::text, e.occurred_at, e.messages,
         e.input_tokens, e.output_tokens, e.cached_input_tokens, e.cache_write_tokens, e.reasoning_tokens,
         e.payer::text,
         e.cost_nano::text, e.charged_nano::text AS settled_nano, (${CHARGED})::text AS charged,
         h.amount_nano::text AS held_nano, k.code AS rate_card, v.version AS rate_version,
         w.plan_id AS plan, w.version AS plan_version, p.input::text, p.cached::text, p.written::text, p.output::text,
         p.reasoning::text, p.message::text
    FROM (SELECT $2::uuid AS id) m
   CROSS JOIN LATERAL (${CALLS_OF_ANSWER}) e
    LEFT JOIN holds h ON h.tenant_id = $1 AND h.id = e.id
    LEFT JOIN rate_card_versions v ON v.id = e.rate_card_version_id
    LEFT JOIN rate_cards k ON k.id = v.rate_card_id
    LEFT JOIN plan_versions w ON w.id = e.plan_version_id
    LEFT JOIN LATERAL model_prices(e.rate_card_version_id, e.model) p ON true
   ORDER BY e.occurred_at, e.id`,
};

export interface OpenRow extends Record<string, string> {
  purpose: string;
  model: string;
  amount_nano: string;
}

/** Holds of calls that are under way; few at any time, and found among the open ones. */
export const OPEN_HOLDS = {
  name: "usage_receipt_open",
  text: `
  SELECT h.purpose, h.model, h.amount_nano::text FROM holds h
   WHERE h.state IN ('reserved', 'dispatched') AND h.tenant_id = $1
     AND (h.message_id = $2 OR h.run_id IN (
       SELECT r.id FROM runs r WHERE r.tenant_id = $1 AND r.assistant_message_id = $2))`,
};
