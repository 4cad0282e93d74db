// Procedures of plans and of the models a tenant is offered. `auth.me` is served here, since who somebody is includes what
// their workspace may use.

import {
  billingProcedure,
  memberOrMachineProcedure,
  memberProcedure,
  router,
  userProcedure,
  verifiedProcedure,
} from "../procedures";
import { ChangePlan } from "./contract";
import { describeCaller } from "./me";
import { offeredModels } from "./models";
import { changePlan } from "./plan-change";
import { currentPlan, listPlans } from "./plans";

export const plansRouter = router({
  list: verifiedProcedure.query(async () => ({ items: await listPlans() })),
  current: memberProcedure("tenant.read").query(({ ctx }) => currentPlan(ctx.scope)),
  change: billingProcedure("billing.manage")
    .meta({ limits: ["billing-change.user"] })
    .input(ChangePlan)
    .mutation(({ ctx, input }) => changePlan(ctx.scope, input)),
});

export const meRouter = router({
  me: userProcedure.query(({ ctx }) => describeCaller(ctx.session, ctx.info)),
});

export const modelsRouter = router({
  list: memberOrMachineProcedure("tools.read").query(async ({ ctx }) => ({
    items: await offeredModels(ctx.scope),
  })),
});
