// Procedures of subscriptions and invoices.

import { memberProcedure, router } from "../../procedures";
import { ChangeSubscription, Checkout, ListInvoices, OpenPortal, PreviewSubscription } from "../contract";
import { changeSubscription, previewChange } from "./change";
import { checkout } from "./checkout";
import { cancelSubscription, resumeSubscription } from "./live";
import { openPortal } from "./portal";
import { getSubscription, listInvoices } from "./view";

const COUNTED = { limits: ["billing-change.user"] as const };

export const subscriptionRouter = router({
  subscription: memberProcedure("billing.read").query(({ ctx }) => getSubscription(ctx.scope)),
  invoices: memberProcedure("billing.read")
    .input(ListInvoices)
    .query(({ ctx, input }) => listInvoices(ctx.scope, input)),
  checkout: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(Checkout)
    .mutation(({ ctx, input }) => checkout(ctx.scope, input)),
  /** A mutation, since each is counted and put to Stripe as a call of its own. */
  preview: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(PreviewSubscription)
    .mutation(({ ctx, input }) => previewChange(ctx.scope, input)),
  change: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(ChangeSubscription)
    .mutation(({ ctx, input }) => changeSubscription(ctx.scope, input)),
  cancel: memberProcedure("billing.manage")
    .meta(COUNTED)
    .mutation(({ ctx }) => cancelSubscription(ctx.scope)),
  resume: memberProcedure("billing.manage")
    .meta(COUNTED)
    .mutation(({ ctx }) => resumeSubscription(ctx.scope)),
  portal: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(OpenPortal)
    .mutation(({ ctx, input }) => openPortal(ctx.scope, input)),
});
