// What the pages of money call things.

import type { Meter } from "../../../server/catalogue/terms";
import { exactDollars, type LedgerKind, type LowPolicy, roundDollars } from "../../../server/wallet/terms";

export const METER_NOUNS: Record<Meter, string> = {
  message: "messages",
  input_token: "input tokens",
  output_token: "output tokens",
};

export const LEDGER_WORDS: Record<LedgerKind, string> = {
  topup: "Top-up",
  auto_topup: "Automatic top-up",
  usage: "Model call",
  adjustment: "Adjustment by Parley",
  refund: "Refund",
  dispute_hold: "Held for a dispute",
  dispute_return: "Returned after a dispute",
  grant: "Credit",
  expiry: "Expired credit",
  late_adjust: "Correction of a call",
};

export const POLICY_WORDS: Record<LowPolicy, { label: string; description: string }> = {
  warn: {
    label: "Warn",
    description: "Go on and warn; below zero only as far as Parley has granted credit.",
  },
  block: { label: "Block", description: "Refuse what the plan does not cover once the reserve is empty." },
  limited: {
    label: "Economy",
    description:
      "Below the threshold only cheap models answer: briefly, without tools, and titles stay the first words.",
  },
};

/** A whole number with its thousands. */
export function grouped(decimal: string): string {
  return decimal.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Nano as somebody would type it: "12.50". */
export function amountText(nano: string): string {
  return exactDollars(nano).replace(/[$,]/g, "");
}

/** A cap as its field shows it: no cap is empty. */
export function capText(nano: string): string {
  return nano === "0" ? "" : amountText(nano);
}

/** Money to the cent in the currency it was billed in. */
export function moneyText(nano: string, currency: string): string {
  const text = roundDollars(nano);
  return currency === "USD" ? text : `${text.replace("$", "")} ${currency}`;
}
