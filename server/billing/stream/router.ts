// Procedures of what a billing page is told.

import { tracked } from "@trpc/server";
import { billingProcedure, router } from "../../procedures";
import { ListBillingEvents, WatchBilling } from "../contract";
import { listBillingEvents } from "./event-rows";
import { watchBilling } from "./watch";

export const billingStreamRouter = router({
  events: billingProcedure("billing.read")
    .input(ListBillingEvents)
    .query(({ ctx, input }) => listBillingEvents(ctx.scope, input)),
  live: billingProcedure("billing.read")
    .meta({ limits: ["billing-stream.tenant"] })
    .input(WatchBilling)
    .subscription(async ({ ctx, input, signal }) =>
      watchBilling(ctx.scope, input, { signal, recheck: ctx.recheck, wrap: tracked }),
    ),
});
