// What is done with Stripe's events: an explicit list. An event that nothing here hears is stored all the same.

import { customerSync } from "./customer/customer-sync";
import type { Handlers } from "./intake/handler";
import { paymentHandler } from "./money/handler";
import { invoiceSync } from "./subscription/invoice-sync";
import { subscriptionSync } from "./subscription/sync";

export const HANDLERS: Handlers = {
  states: [customerSync, subscriptionSync, invoiceSync],
  moneys: [paymentHandler],
};
