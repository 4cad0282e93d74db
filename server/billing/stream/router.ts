// Procedures of what a billing page is told.

import { tracked } from "@trpc/server";
import { memberProcedure, router } from "../../procedures";
import { ListBillingEvents, WatchBilling } from "../contract";
import { listBillingEvents } from "./event-rows";
import { watchBilling } from "./watch";

export const billingStreamRouter = router({
  events: memberProcedure("billing.read")
    .meta({ feature: "billing" })
    .input(ListBillingEvents)
    .query(({ ctx, input }) => listBillingEvents(ctx.scope, input)),
  live: memberProcedure("billing.read")
    .meta({ feature: "billing", limits: ["billing-stream.tenant"] })
    .input(WatchBilling)
    .subscription(async ({ ctx, input, signal }) =>
      watchBilling(ctx.scope, input, { signal, recheck: ctx.recheck, wrap: tracked }),
    ),
});
