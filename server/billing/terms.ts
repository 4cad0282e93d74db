// Words and limits of billing. Pure: pages may import it.

/** What a billing page is told of while it is open. */
export type BillingEventType =
  | "subscription"
  | "invoice"
  | "payment_method"
  | "seats"
  | "topup"
  | "auto_topup"
  | "refund"
  | "dispute"
  | "ledger";
