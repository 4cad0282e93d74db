// Procedures of the reserve.

import { memberOrMachineProcedure, router } from "../procedures";
import { getBalance } from "./account";

export const reserveRouter = router({
  balance: memberOrMachineProcedure("billing.read").query(({ ctx }) => getBalance(ctx.scope)),
});
