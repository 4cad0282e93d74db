// Procedures about one's own data: a copy of it, and leaving.

import { blankSessionCookie } from "../auth/session-cookie";
import { publicProcedure, router, verifiedProcedure } from "../procedures";
import { planDeparture } from "../tenants/departure";
import { CancelDeletion, DeleteAccount, ExportPiece } from "./contract";
import { cancelDeletion, requestDeletion } from "./deletion";
import { listExports, readExport, startExport } from "./exports";
import { TEXT_DELETION_CANCELLED } from "./terms";

export const ownDataRouter = router({
  exports: verifiedProcedure.query(({ ctx }) => listExports(ctx.session.userId)),
  startExport: verifiedProcedure
    .meta({ limits: ["data-export.user"] })
    .mutation(({ ctx }) => startExport(ctx.session, ctx.info)),
  exportPiece: verifiedProcedure
    .input(ExportPiece)
    .query(({ ctx, input }) => readExport(ctx.session, input, ctx.info)),
  departure: verifiedProcedure.query(({ ctx }) => planDeparture(ctx.session.userId)),
  delete: verifiedProcedure.input(DeleteAccount).mutation(async ({ ctx, input }) => {
    const answer = await requestDeletion(ctx.session, input, ctx.info);
    ctx.setCookie(blankSessionCookie());
    return answer;
  }),
  cancelDeletion: publicProcedure
    .meta({ limits: ["keep-account.ip"] })
    .input(CancelDeletion)
    .mutation(async ({ ctx, input }) => {
      await cancelDeletion(input.token, ctx.info);
      return { message: TEXT_DELETION_CANCELLED };
    }),
});
