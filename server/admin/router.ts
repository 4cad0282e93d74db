// Procedures of operators.

import { operatorOrMachineProcedure, operatorProcedure, router } from "../procedures";
import { approveRequest, listAccessRequests, rejectRequest } from "../signup/access-requests";
import { CreateInvite, ListAccessRequests, ListInvites } from "../signup/contract";
import { listInvites, makeInvite, revokeInvite } from "../signup/operator-invites";
import { exportAuditLog, listAuditLog } from "./audit-log";
import { billingRouter } from "./billing/router";
import {
  ExportAudit,
  HarmUser,
  ListAudit,
  ListTenants,
  ListUsers,
  NameInvite,
  NameRequest,
  NameTenant,
  NameUser,
  RejectRequest,
  ResetPassword,
  SetRole,
} from "./contract";
import { COUNTED, operatorOf } from "./operator";
import { systemReport } from "./system";
import { getTenant, listTenants } from "./tenants";
import {
  disableUser,
  enableUser,
  lockUser,
  resendLink,
  resetPassword,
  resetTwoFactor,
  setRole,
  unlockUser,
} from "./user-actions";
import { getUser, listUsers } from "./users";

const usersRouter = router({
  list: operatorOrMachineProcedure("users.read")
    .input(ListUsers)
    .query(({ input }) => listUsers(input)),
  get: operatorOrMachineProcedure("users.read")
    .input(NameUser)
    .query(({ input }) => getUser(input.userId)),
  lock: operatorProcedure("users.moderate")
    .meta(COUNTED)
    .input(HarmUser)
    .mutation(({ ctx, input }) => lockUser(operatorOf(ctx), input)),
  unlock: operatorProcedure("users.moderate")
    .meta(COUNTED)
    .input(NameUser)
    .mutation(({ ctx, input }) => unlockUser(operatorOf(ctx), input)),
  disable: operatorProcedure("users.manage")
    .meta(COUNTED)
    .input(HarmUser)
    .mutation(({ ctx, input }) => disableUser(operatorOf(ctx), input)),
  enable: operatorProcedure("users.manage")
    .meta(COUNTED)
    .input(NameUser)
    .mutation(({ ctx, input }) => enableUser(operatorOf(ctx), input)),
  setRole: operatorProcedure("users.manage")
    .meta(COUNTED)
    .input(SetRole)
    .mutation(({ ctx, input }) => setRole(operatorOf(ctx), input)),
  resetPassword: operatorProcedure("users.moderate")
    .meta(COUNTED)
    .input(ResetPassword)
    .mutation(({ ctx, input }) => resetPassword(operatorOf(ctx), input)),
  resetTwoFactor: operatorProcedure("users.manage")
    .meta(COUNTED)
    .input(HarmUser)
    .mutation(({ ctx, input }) => resetTwoFactor(operatorOf(ctx), input)),
  resendVerification: operatorProcedure("users.moderate")
    .meta(COUNTED)
    .input(NameUser)
    .mutation(({ ctx, input }) => resendLink(operatorOf(ctx), input)),
});

const accessRouter = router({
  requests: operatorProcedure("access.manage")
    .input(ListAccessRequests)
    .query(({ input }) => listAccessRequests(input)),
  approve: operatorProcedure("access.manage")
    .meta(COUNTED)
    .input(NameRequest)
    .mutation(({ ctx, input }) => approveRequest(operatorOf(ctx), input.requestId)),
  reject: operatorProcedure("access.manage")
    .meta(COUNTED)
    .input(RejectRequest)
    .mutation(({ ctx, input }) => rejectRequest(operatorOf(ctx), input)),
  invites: operatorProcedure("access.manage")
    .input(ListInvites)
    .query(({ input }) => listInvites(input)),
  createInvite: operatorProcedure("access.manage")
    .meta(COUNTED)
    .input(CreateInvite)
    .mutation(({ ctx, input }) => makeInvite(operatorOf(ctx), input)),
  revokeInvite: operatorProcedure("access.manage")
    .meta(COUNTED)
    .input(NameInvite)
    .mutation(({ ctx, input }) => revokeInvite(operatorOf(ctx), input.inviteId)),
});

const auditRouter = router({
  list: operatorOrMachineProcedure("auditLog.read")
    .input(ListAudit)
    .query(({ input }) => listAuditLog(input)),
  /** A mutation, since the beginning of an export is audited. */
  export: operatorProcedure("auditLog.export")
    .input(ExportAudit)
    .mutation(({ ctx, input }) => exportAuditLog(operatorOf(ctx), input)),
});

const tenantsRouter = router({
  list: operatorProcedure("tenants.read")
    .input(ListTenants)
    .query(({ input }) => listTenants(input)),
  get: operatorProcedure("tenants.read")
    .input(NameTenant)
    .query(({ input }) => getTenant(input.tenantId)),
});

const systemRouter = router({
  /** Counted, since storage is tried by writing to it. */
  get: operatorProcedure("system.read")
    .meta({ limits: ["system-look.user"] })
    .query(() => systemReport()),
});

export const adminRouter = router({
  users: usersRouter,
  access: accessRouter,
  audit: auditRouter,
  billing: billingRouter,
  tenants: tenantsRouter,
  system: systemRouter,
});
