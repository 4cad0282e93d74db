// What Parley asks of Stripe, as the journal, the metrics and the logs name it: a closed list, never with ids in it.

type Thing =
  | "account"
  | "charge"
  | "checkout"
  | "customer"
  | "dispute"
  | "event"
  | "invoice"
  | "payment_intent"
  | "payment_method"
  | "portal"
  | "price"
  | "product"
  | "refund"
  | "setup_intent"
  | "subscription"
  | "webhook_endpoint";
type Deed =
  | "cancel"
  | "confirm"
  | "create"
  | "expire"
  | "find"
  | "list"
  | "pay"
  | "preview"
  | "read"
  | "update";

export type Operation = `${Thing}.${Deed}`;
