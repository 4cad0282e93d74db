// Procedures of the reserve and of limits.

import { memberOrMachineProcedure, memberProcedure, router } from "../procedures";
import {
  AskForMore,
  DecideRequest,
  ExportLedger,
  ListLedger,
  ListMemberLimits,
  SetLimits,
  SetMemberLimit,
  SetPolicy,
} from "./contract";
import { listAllowances } from "./limits/allowances";
import { setLimits, setMemberLimit } from "./limits/caps";
import { getLimits, listMemberLimits } from "./limits/limits";
import { listNotices } from "./limits/notices";
import { askForMore, decideRequest } from "./limits/requests";
import { getBalance } from "./reserve/account";
import { listLedger } from "./reserve/entries";
import { exportLedger } from "./reserve/ledger-file";
import { setPolicy } from "./reserve/policy";

const COUNTED = { limits: ["billing-change.user"] as const };

export const reserveRouter = router({
  balance: memberOrMachineProcedure("billing.read").query(({ ctx }) => getBalance(ctx.scope)),
  ledger: memberOrMachineProcedure("billing.read")
    .input(ListLedger)
    .query(({ ctx, input }) => listLedger(ctx.scope, input)),
  /** A mutation, since the beginning of an export is audited. */
  exportLedger: memberProcedure("billing.manage")
    .input(ExportLedger)
    .mutation(({ ctx, input }) => exportLedger(ctx.scope, input)),
  setPolicy: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(SetPolicy)
    .mutation(({ ctx, input }) => setPolicy(ctx.scope, input)),
});

export const limitsRouter = router({
  get: memberProcedure("usage.read").query(({ ctx }) => getLimits(ctx.scope)),
  notices: memberProcedure("usage.read").query(({ ctx }) => listNotices(ctx.scope)),
  allowances: memberOrMachineProcedure("usage.read").query(({ ctx }) => listAllowances(ctx.scope)),
  members: memberProcedure("billing.read")
    .input(ListMemberLimits)
    .query(({ ctx, input }) => listMemberLimits(ctx.scope, input)),
  set: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(SetLimits)
    .mutation(({ ctx, input }) => setLimits(ctx.scope, input)),
  setMember: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(SetMemberLimit)
    .mutation(({ ctx, input }) => setMemberLimit(ctx.scope, input)),
  askForMore: memberProcedure("usage.read")
    .meta({ limits: ["limit-ask.user"] })
    .input(AskForMore)
    .mutation(({ ctx, input }) => askForMore(ctx.scope, input)),
  decide: memberProcedure("billing.manage")
    .meta(COUNTED)
    .input(DecideRequest)
    .mutation(({ ctx, input }) => decideRequest(ctx.scope, input)),
});
