// Procedures of plans and of the models a tenant is offered.

import { memberOrMachineProcedure, memberProcedure, router, verifiedProcedure } from "../procedures";
import { offeredModels } from "./models";
import { currentPlan, listPlans } from "./plans";

export const plansRouter = router({
  list: verifiedProcedure.query(async () => ({ items: await listPlans() })),
  current: memberProcedure("tenant.read").query(({ ctx }) => currentPlan(ctx.scope)),
});

export const modelsRouter = router({
  list: memberOrMachineProcedure("tools.read").query(async ({ ctx }) => ({
    items: await offeredModels(ctx.scope),
  })),
});
