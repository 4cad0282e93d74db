// Procedures of support access: what a workspace decides and sees, what an operator asks, and what one sees under a grant.

import { memberProcedure, operatorProcedure, type ProcedureMeta, router } from "../procedures";
import { ApproveGrant, AskSupportAccess, InspectConversations, InspectMessages, NameGrant } from "./contract";
import { approveGrant, declineGrant, endGrant, listGrants, listLiveGrants } from "./grants";
import { inspectConversations, inspectMessages } from "./inspection";
import { askForAccess, withdrawAccess } from "./requests";

const DECIDED: ProcedureMeta = { limits: ["support-decide.user"] };
const COUNTED: ProcedureMeta = { limits: ["operator.user"] };
const LOOKED: ProcedureMeta = { limits: ["support-look.user"] };

const read = memberProcedure("tenant.read");
const manage = memberProcedure("support.manage");
const desk = operatorProcedure("tenants.support").meta(COUNTED);

export const supportAccessRouter = router({
  live: read.query(({ ctx }) => listLiveGrants(ctx.scope)),
  list: manage.query(({ ctx }) => listGrants(ctx.scope)),
  approve: manage
    .meta(DECIDED)
    .input(ApproveGrant)
    .mutation(({ ctx, input }) => approveGrant(ctx.scope, input)),
  decline: manage
    .meta(DECIDED)
    .input(NameGrant)
    .mutation(({ ctx, input }) => declineGrant(ctx.scope, input)),
  end: manage
    .meta(DECIDED)
    .input(NameGrant)
    .mutation(({ ctx, input }) => endGrant(ctx.scope, input)),
  conversations: read
    .meta(LOOKED)
    .input(InspectConversations)
    .query(({ ctx, input }) => inspectConversations(ctx.scope, input)),
  messages: read
    .meta(LOOKED)
    .input(InspectMessages)
    .query(({ ctx, input }) => inspectMessages(ctx.scope, input)),
  ask: desk
    .input(AskSupportAccess)
    .mutation(({ ctx, input }) => askForAccess({ session: ctx.session, request: ctx.info }, input)),
  withdraw: desk
    .input(NameGrant)
    .mutation(({ ctx, input }) => withdrawAccess({ session: ctx.session, request: ctx.info }, input)),
});
