// What may be asked of Checkout.
import type Stripe from "stripe";
import { z } from "zod";
import { bool, count, expand, int, metadata, oneOf, page, paramsOf, range, text } from "./parameters";
import { trialSettings } from "./subscription-parameters";

const QUANTITY_MAX = 999_999;
const LINES_MAX = 100;

const quantity = count
  .refine((value) => value >= 1 && value <= QUANTITY_MAX, "Invalid quantity")
  .exactOptional();
const lineItem = z.strictObject({
  adjustable_quantity: z
    .strictObject({ enabled: bool, minimum: count.exactOptional(), maximum: count.exactOptional() })
    .exactOptional(),
  price: text.exactOptional(),
  price_data: z
    .strictObject({
      currency: z.string().regex(/^[a-z]{3}$/),
      product: text.exactOptional(),
      product_data: z
        .strictObject({
          name: text,
          description: text.exactOptional(),
          tax_code: text.exactOptional(),
          metadata,
        })
        .exactOptional(),
      tax_behavior: oneOf<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.TaxBehavior>()(
        "exclusive",
        "inclusive",
        "unspecified",
      ),
      unit_amount: count,
    })
    .exactOptional(),
  quantity,
});

export const createParameters = paramsOf<Stripe.Checkout.SessionCreateParams>()({
  mode: z.enum(["payment", "subscription"]),
  line_items: z.array(lineItem).min(1).max(LINES_MAX),
  success_url: text,
  cancel_url: text.exactOptional(),
  allow_promotion_codes: bool.exactOptional(),
  automatic_tax: z.strictObject({ enabled: bool }).exactOptional(),
  billing_address_collection: oneOf<Stripe.Checkout.SessionCreateParams.BillingAddressCollection>()(
    "auto",
    "required",
  ),
  client_reference_id: z.string().max(200).exactOptional(),
  customer: text.exactOptional(),
  customer_email: z.email().exactOptional(),
  customer_update: z
    .strictObject({
      address: z.enum(["auto", "never"]).exactOptional(),
      name: z.enum(["auto", "never"]).exactOptional(),
      shipping: z.enum(["auto", "never"]).exactOptional(),
    })
    .exactOptional(),
  expires_at: int.exactOptional(),
  invoice_creation: z.strictObject({ enabled: bool }).exactOptional(),
  locale: oneOf<Stripe.Checkout.SessionCreateParams.Locale>()("auto", "en", "de", "fr", "es"),
  metadata,
  payment_intent_data: z
    .strictObject({
      description: text.exactOptional(),
      metadata,
      receipt_email: z.email().exactOptional(),
      setup_future_usage: z.enum(["off_session", "on_session"]).exactOptional(),
    })
    .exactOptional(),
  payment_method_collection: oneOf<Stripe.Checkout.SessionCreateParams.PaymentMethodCollection>()(
    "always",
    "if_required",
  ),
  payment_method_types: z.array(z.enum(["card", "link", "sepa_debit", "us_bank_account"])).exactOptional(),
  saved_payment_method_options: z
    .strictObject({
      allow_redisplay_filters: z.array(z.enum(["always", "limited", "unspecified"])).exactOptional(),
      payment_method_save: z.enum(["disabled", "enabled"]).exactOptional(),
    })
    .exactOptional(),
  submit_type: oneOf<Stripe.Checkout.SessionCreateParams.SubmitType>()("auto", "pay"),
  subscription_data: z
    .strictObject({
      description: text.exactOptional(),
      metadata,
      trial_end: int.exactOptional(),
      trial_period_days: count
        .refine((days) => days >= 1, "The minimum number of trial days is 1.")
        .exactOptional(),
      trial_settings: trialSettings,
    })
    .exactOptional(),
  tax_id_collection: z
    .strictObject({ enabled: bool, required: z.enum(["if_supported", "never"]).exactOptional() })
    .exactOptional(),
  ui_mode: oneOf<Stripe.Checkout.SessionCreateParams.UiMode>()("hosted_page"),
  expand,
});

export const listParameters = paramsOf<Stripe.Checkout.SessionListParams>()({
  ...page,
  created: range,
  customer: text.exactOptional(),
  payment_intent: text.exactOptional(),
  status: oneOf<Stripe.Checkout.SessionListParams.Status>()("complete", "expired", "open"),
  subscription: text.exactOptional(),
});
