// Procedures about one's own data: a copy of it, and leaving.

import { blankSessionCookie } from "../auth/session-cookie";
import { memberProcedure, publicProcedure, router, verifiedProcedure } from "../procedures";
import { planDeparture } from "../tenants/departure";
import { CancelDeletion, DeleteAccount, DeleteTenant, ExportPiece, NameDeletion } from "./contract";
import { cancelDeletion, requestDeletion } from "./deletion";
import { listExports, readExport, startExport } from "./exports";
import { deleteTenant, getCertificate, listDeletions, restoreTenant } from "./tenant-deletion";
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

/** The end of workspaces. A closed one is found by its owners alone, under its slug, to bring it back. */
export const tenantDeletionRouter = router({
  delete: memberProcedure("tenant.delete")
    .meta({ limits: ["tenant-delete.user"] })
    .input(DeleteTenant)
    .mutation(({ ctx, input }) => deleteTenant(ctx.scope, ctx.session, input)),
  restore: verifiedProcedure
    .meta({ limits: ["tenant-delete.user"] })
    .mutation(({ ctx }) => restoreTenant(ctx.session, ctx.unverifiedTenantSlug, ctx.info)),
  deletions: verifiedProcedure.query(({ ctx }) => listDeletions(ctx.session.userId)),
  certificate: verifiedProcedure
    .input(NameDeletion)
    .query(({ ctx, input }) => getCertificate(ctx.session.userId, input)),
});
