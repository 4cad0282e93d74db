// Procedures of operators.

import { operatorProcedure, router } from "../procedures";
import { ListUsers } from "./contract";
import { listUsers } from "./users";

export const adminRouter = router({
  users: router({
    list: operatorProcedure("users.read")
      .input(ListUsers)
      .query(({ input }) => listUsers(input)),
  }),
});
