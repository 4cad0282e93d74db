// What may be asked of invoices.
import type Stripe from "stripe";
import { z } from "zod";
import { bool, expand, int, oneOf, page, paramsOf, range, text } from "./parameters";
import { itemChanges } from "./subscription-parameters";

export const listParameters = paramsOf<Stripe.InvoiceListParams>()({
  ...page,
  created: range,
  customer: text.exactOptional(),
  status: oneOf<Stripe.InvoiceListParams.Status>()("draft", "open", "paid", "uncollectible", "void"),
  subscription: text.exactOptional(),
});

export const listLinesParameters = paramsOf<Stripe.InvoiceListLineItemsParams>()({ ...page });

export const listPaymentsParameters = paramsOf<Stripe.InvoicePaymentListParams>()({
  ...page,
  created: range,
  invoice: text.exactOptional(),
  payment: z
    .strictObject({ payment_intent: text.exactOptional(), type: z.enum(["payment_intent"]) })
    .exactOptional(),
  status: oneOf<Stripe.InvoicePaymentListParams.Status>()("canceled", "open", "paid"),
});

export const payParameters = paramsOf<Stripe.InvoicePayParams>()({
  off_session: bool.exactOptional(),
  payment_method: text.exactOptional(),
  expand,
});

export const finalizeParameters = paramsOf<Stripe.InvoiceFinalizeInvoiceParams>()({
  auto_advance: bool.exactOptional(),
  expand,
});

export const previewParameters = paramsOf<Stripe.InvoiceCreatePreviewParams>()({
  automatic_tax: z.strictObject({ enabled: bool }).exactOptional(),
  customer: text.exactOptional(),
  preview_mode: oneOf<Stripe.InvoiceCreatePreviewParams.PreviewMode>()("next", "recurring"),
  subscription: text.exactOptional(),
  subscription_details: z
    .strictObject({
      billing_cycle_anchor: z.enum(["now", "unchanged"]).exactOptional(),
      cancel_at_period_end: bool.exactOptional(),
      items: itemChanges,
      proration_behavior: oneOf<Stripe.InvoiceCreatePreviewParams.SubscriptionDetails.ProrationBehavior>()(
        "none",
        "create_prorations",
        "always_invoice",
      ),
      proration_date: int.exactOptional(),
      trial_end: z.union([z.literal("now"), int]).exactOptional(),
    })
    .exactOptional(),
  expand,
});
