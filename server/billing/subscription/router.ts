// Procedures of subscriptions and invoices.

import { billingProcedure, router } from "../../procedures";
import { ChangeSubscription, Checkout, ListInvoices, OpenPortal, PreviewSubscription } from "../contract";
import { openPortal } from "../customer/portal";
import { changeSubscription, previewChange } from "./change";
import { checkout } from "./checkout";
import { cancelSubscription, resumeSubscription } from "./live";
import { getSubscription, listInvoices } from "./view";

const COUNTED = { limits: ["billing-change.user"] as const };

export const subscriptionRouter = router({
  subscription: billingProcedure("billing.read").query(({ ctx }) => getSubscription(ctx.scope)),
  invoices: billingProcedure("billing.read")
    .input(ListInvoices)
    .query(({ ctx, input }) => listInvoices(ctx.scope, input)),
  checkout: billingProcedure("billing.manage")
    .meta(COUNTED)
    .input(Checkout)
    .mutation(({ ctx, input }) => checkout(ctx.scope, input)),
  /** A mutation, since each is counted and put to Stripe as a call of its own. */
  preview: billingProcedure("billing.manage")
    .meta(COUNTED)
    .input(PreviewSubscription)
    .mutation(({ ctx, input }) => previewChange(ctx.scope, input)),
  change: billingProcedure("billing.manage")
    .meta(COUNTED)
    .input(ChangeSubscription)
    .mutation(({ ctx, input }) => changeSubscription(ctx.scope, input)),
  cancel: billingProcedure("billing.manage")
    .meta(COUNTED)
    .mutation(({ ctx }) => cancelSubscription(ctx.scope)),
  resume: billingProcedure("billing.manage")
    .meta(COUNTED)
    .mutation(({ ctx }) => resumeSubscription(ctx.scope)),
  portal: billingProcedure("billing.manage")
    .meta(COUNTED)
    .input(OpenPortal)
    .mutation(({ ctx, input }) => openPortal(ctx.scope, input)),
});
