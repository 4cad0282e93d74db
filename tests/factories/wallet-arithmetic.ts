// What a call costs and when months begin, once more and by other means than the database's functions: whole nano per
// million, exact sums, the calendar.

import type { CallUsage } from "../../server/wallet/holds";

/** Nano per million. */
export interface Prices {
  input: bigint;
  cached: bigint;
  output: bigint;
  reasoning: bigint;
  message: bigint;
}

export type Tokens = Pick<
  CallUsage,
  "inputTokens" | "outputTokens" | "cachedInputTokens" | "reasoningTokens"
>;

const MILLION = 1_000_000n;

/** Exact cost of a call: the sum over its lines, rounded half up once. */
export function costOf(prices: Prices, tokens: Tokens, messages: number): bigint {
  const cached = Math.min(tokens.cachedInputTokens, tokens.inputTokens);
  const reasoning = Math.min(tokens.reasoningTokens, tokens.outputTokens);
  const exact =
    BigInt(tokens.inputTokens - cached) * prices.input +
    BigInt(cached) * prices.cached +
    BigInt(tokens.outputTokens - reasoning) * prices.output +
    BigInt(reasoning) * prices.reasoning +
    BigInt(messages) * prices.message;
  return (exact * 2n + MILLION) / (2n * MILLION);
}

/** How many whole months of the calendar lie between an anchor and an instant, its day clamped to short months. */
export function monthsSince(anchor: Date, at: Date): number {
  for (let n = 0; ; n += 1) if (monthStart(anchor, n + 1) > at) return n;
}

export function monthStart(anchor: Date, months: number): Date {
  const year = anchor.getUTCFullYear();
  const month = anchor.getUTCMonth() + months;
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const start = new Date(anchor);
  start.setUTCFullYear(year, month, Math.min(anchor.getUTCDate(), daysInMonth));
  return start;
}
