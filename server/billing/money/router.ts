// Procedures of how the reserve is filled.

import { billingProcedure, router } from "../../procedures";
import { SetAutoTopUp, TopUp } from "../contract";
import { getAutoTopUp, setAutoTopUp } from "./auto-settings";
import { topUp } from "./top-up";

const COUNTED = { limits: ["billing-change.user"] as const };

export const billingReserveRouter = router({
  topUp: billingProcedure("billing.manage")
    .meta(COUNTED)
    .input(TopUp)
    .mutation(({ ctx, input }) => topUp(ctx.scope, input)),
  autoTopUp: billingProcedure("billing.read").query(({ ctx }) => getAutoTopUp(ctx.scope)),
  setAutoTopUp: billingProcedure("billing.manage")
    .meta(COUNTED)
    .input(SetAutoTopUp)
    .mutation(({ ctx, input }) => setAutoTopUp(ctx.scope, input)),
});
