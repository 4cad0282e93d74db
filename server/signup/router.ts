// Procedures of signing up.

import { TEXT_REGISTERED } from "../auth/terms";
import { config } from "../platform/config";
import { publicProcedure, router } from "../procedures";
import { requestAccess } from "./access-requests";
import { Register, RequestAccess } from "./contract";
import { register } from "./register";
import { TEXT_ACCESS_REQUESTED } from "./terms";

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
  policy: publicProcedure.query(() => {
    const policy = config().signupAccessPolicy;
    return { policy, needsInvite: policy !== "public" };
  }),
  requestAccess: publicProcedure
    .meta({ limits: ["access-request.ip"] })
    .input(RequestAccess)
    .mutation(async ({ ctx, input }) => {
      await requestAccess(input, ctx.info);
      return { message: TEXT_ACCESS_REQUESTED };
    }),
});
