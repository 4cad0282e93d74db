// Procedures of the people of a workspace.

import { memberProcedure, router } from "../procedures";
import { ListMembers } from "./contract";
import { listMembers } from "./members";

export const membersRouter = router({
  list: memberProcedure("members.read")
    .input(ListMembers)
    .query(({ ctx, input }) => listMembers(ctx.scope, input)),
});
