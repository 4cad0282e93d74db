// Procedures of signing up.

import { TEXT_REGISTERED } from "../auth/terms";
import { config } from "../platform/config";
import { publicProcedure, router } from "../procedures";
import { Register } from "./contract";
import { register } from "./register";

/** Served as `auth.register`. */
export const registerRouter = router({
  register: publicProcedure
    .meta({ limits: ["register.ip.hour", "register.ip.day"] })
    .input(Register)
    .mutation(async ({ ctx, input }) => {
      await register(input, ctx.info);
      return { message: TEXT_REGISTERED };
    }),
});

export const signupRouter = router({
  /** What the registration page must ask for. */
  policy: publicProcedure.query(() => ({ needsInvite: config().signupAccessPolicy === "invite_only" })),
});
