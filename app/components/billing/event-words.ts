// What the events of billing are called.

import type { BillingEvent } from "../../../server/billing/stream/channel";
import { exactDollars, type LedgerKind } from "../../../server/wallet/terms";
import { LEDGER_WORDS } from "./words";

interface EventWords {
  title: string;
  detail: string;
}

type Payload = Record<string, unknown>;

const STATUS_WORDS: Record<string, string> = {
  active: "active",
  trialing: "in its trial",
  past_due: "waiting for a payment",
  unpaid: "unpaid",
  canceled: "ended",
  incomplete: "waiting for its first payment",
  incomplete_expired: "never begun",
  paused: "paused",
};

const INVOICE_WORDS: Record<string, string> = {
  draft: "in preparation",
  open: "to be paid",
  paid: "paid",
  uncollectible: "not collected",
  void: "void",
};

const AUTO_WORDS: Record<string, string> = {
  pending: "Begun",
  processing: "The payment is on its way",
  needs_action: "Your bank wants you to confirm the payment",
  succeeded: "Paid",
  failed: "The payment did not go through",
  paused: "Paused",
};

const WORDS: Record<BillingEvent["type"], (payload: Payload) => EventWords> = {
  subscription: ({ status, isCancelling }) => ({
    title: "Subscription",
    detail: `It is ${STATUS_WORDS[text(status)] ?? text(status)}${isCancelling === true ? " and will be cancelled" : ""}`,
  }),
  invoice: ({ number, status, totalNano }) => ({
    title: number === null ? "Invoice" : `Invoice ${text(number)}`,
    detail: [INVOICE_WORDS[text(status)] ?? text(status), money(totalNano)].filter(Boolean).join(" · "),
  }),
  payment_method: ({ label }) => ({
    title: "Payment method",
    detail: label === null ? "Removed" : text(label),
  }),
  seats: ({ billed }) => ({ title: "Seats", detail: `${text(billed)} billed` }),
  topup: ({ amountNano, isAutomatic }) => ({
    title: isAutomatic === true ? "Automatic top-up" : "Top-up",
    detail: `${money(amountNano)} added to the reserve`,
  }),
  auto_topup: ({ state, amountCents }) => ({
    title: `Automatic top-up of ${money(Number(amountCents) * 10_000_000)}`,
    detail: AUTO_WORDS[text(state)] ?? text(state),
  }),
  refund: (payload) => ({ title: "Refund", detail: moved(payload) }),
  dispute: (payload) => ({ title: "Dispute", detail: moved(payload) }),
  ledger: ({ kind, amountNano }) => ({
    title: LEDGER_WORDS[text(kind) as LedgerKind] ?? "Reserve",
    detail: money(amountNano),
  }),
};

/** An event as people read it; one of a later version of Parley says its type. */
export function wordsOf({ type, payload }: Pick<BillingEvent, "type" | "payload">): EventWords {
  return WORDS[type]?.(payload) ?? { title: text(type), detail: "" };
}

function moved({ amountNano }: Payload): string {
  const isBack = !text(amountNano).startsWith("-");
  const size = money(text(amountNano).replace("-", ""));
  return isBack ? `${size} came back to the reserve` : `${size} left the reserve`;
}

function money(nano: unknown): string {
  return /^-?\d+$/.test(text(nano)) ? exactDollars(text(nano)) : "";
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
