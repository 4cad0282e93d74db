// Procedures of operators.

import type { SessionState } from "../auth/sessions";
import { operatorProcedure, type ProcedureMeta, router } from "../procedures";
import type { RequestInfo } from "../request";
import { HarmUser, ListUsers, NameUser, SetRole } from "./contract";
import { disableUser, enableUser, lockUser, resendLink, setRole, unlockUser } from "./user-actions";
import { getUser, listUsers } from "./users";

/** Every change by an operator counts against one limit of that person. */
const COUNTED: ProcedureMeta = { limits: ["operator.user"] };

const operatorOf = ({ session, info }: { session: SessionState; info: RequestInfo }) => ({
  session,
  request: info,
});

const usersRouter = router({
  list: operatorProcedure("users.read")
    .input(ListUsers)
    .query(({ input }) => listUsers(input)),
  get: operatorProcedure("users.read")
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
  resendVerification: operatorProcedure("users.moderate")
    .meta(COUNTED)
    .input(NameUser)
    .mutation(({ ctx, input }) => resendLink(operatorOf(ctx), input)),
});

export const adminRouter = router({ users: usersRouter });
