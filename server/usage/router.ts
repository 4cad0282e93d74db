// Procedures of use: what was used, what an answer cost, and the line at the foot of the pages.

import { memberOrMachineProcedure, memberProcedure, router } from "../procedures";
import { ExportUsage, MessageCosts, MessageReceipt, UsageSummary } from "./contract";
import { exportUsage } from "./export";
import { getReceipt } from "./receipt";
import { readStatusBar } from "./status-bar";
import { summarizeUsage } from "./summary";
import { listCosts } from "./usage-events";

export const usageRouter = router({
  summary: memberOrMachineProcedure("usage.read")
    .input(UsageSummary)
    .query(({ ctx, input }) => summarizeUsage(ctx.scope, input)),
  /** Whoever owns the conversation, whatever their role by now, and who may see what everybody uses. */
  receipt: memberOrMachineProcedure("tenant.read")
    .input(MessageReceipt)
    .query(({ ctx, input }) => getReceipt(ctx.scope, input)),
  costs: memberOrMachineProcedure("tenant.read")
    .input(MessageCosts)
    .query(({ ctx, input }) => listCosts(ctx.scope, input)),
  /** A mutation, since the beginning of an export is audited. */
  export: memberOrMachineProcedure("usage.read")
    .input(ExportUsage)
    .mutation(({ ctx, input }) => exportUsage(ctx.scope, input)),
});

export const statusBarRouter = router({
  get: memberProcedure("tenant.read").query(({ ctx }) => readStatusBar(ctx.scope)),
});
