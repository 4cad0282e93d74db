// Procedures of workspaces.

import { memberOrMachineProcedure, memberProcedure, router, verifiedProcedure } from "../procedures";
import { exportTenantAudit, listAuditActors, listTenantAudit } from "./audit-log";
import { ChangeSlug, CreateTenant, ExportTenantAudit, ListTenantAudit, UpdateSettings } from "./contract";
import { getPreferences, getSettings, updateSettings } from "./settings";
import { changeSlug } from "./slugs";
import { createOwnTenant, listMemberships } from "./tenants";

export const tenantsRouter = router({
  create: verifiedProcedure
    .meta({ limits: ["tenant-create.user"] })
    .input(CreateTenant)
    .mutation(({ ctx, input }) => createOwnTenant(ctx.session, input.name, ctx.info)),
  list: verifiedProcedure.query(({ ctx }) => listMemberships(ctx.session.userId)),
  preferences: memberProcedure("tenant.read").query(({ ctx }) => getPreferences(ctx.scope)),
  settings: memberProcedure("settings.manage").query(({ ctx }) => getSettings(ctx.scope)),
  update: memberProcedure("settings.manage")
    .meta({ limits: ["tenant-settings.user"] })
    .input(UpdateSettings)
    .mutation(({ ctx, input }) => updateSettings(ctx.scope, input)),
  changeSlug: memberProcedure("settings.manage")
    .meta({ limits: ["tenant-slug.tenant"] })
    .input(ChangeSlug)
    .mutation(({ ctx, input }) => changeSlug(ctx.scope, input)),
  auditLog: memberOrMachineProcedure("audit.read")
    .input(ListTenantAudit)
    .query(({ ctx, input }) => listTenantAudit(ctx.scope, input)),
  auditActors: memberProcedure("audit.read").query(({ ctx }) => listAuditActors(ctx.scope)),
  /** A mutation, since the beginning of an export is audited. */
  exportAudit: memberProcedure("audit.read")
    .input(ExportTenantAudit)
    .mutation(({ ctx, input }) => exportTenantAudit(ctx.scope, input)),
});
