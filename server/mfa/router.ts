// Procedures of the second factor, and those of `auth` that it decides: signing in and stepping up.

import { Login } from "../auth/contract";
import type { Context } from "../context";
import { publicProcedure, router, verifiedProcedure } from "../procedures";
import { findChallenge } from "./challenges";
import { ConfirmedCode, EnableComplete, EnableInit, StepUp, VerifyCode } from "./contract";
import { beginSetup, completeSetup, findSetup } from "./enrolment";
import { disableSecondFactor, regenerateCodes, secondFactorState, stepUp } from "./settings";
import { type Browser, login, recoverSignIn, type SignInAnswer, verifySignIn } from "./sign-in";

export const signInRouter = router({
  login: publicProcedure
    .meta({ limits: ["login.ip"] })
    .input(Login)
    .mutation(async ({ ctx, input }) => answer(ctx, await login(input, browserOf(ctx)))),
  recoveryLogin: publicProcedure
    .meta({ limits: ["mfa.ip"] })
    .input(VerifyCode)
    .mutation(async ({ ctx, input }) => answer(ctx, await recoverSignIn(input, browserOf(ctx)))),
  stepUp: verifiedProcedure
    .meta({ limits: ["account-change.user"] })
    .input(StepUp)
    .mutation(async ({ ctx, input }) => {
      ctx.setCookie(await stepUp(input, { session: ctx.session, request: ctx.info }));
    }),
});

export const mfaRouter = router({
  verify: publicProcedure
    .meta({ limits: ["mfa.ip"] })
    .input(VerifyCode)
    .mutation(async ({ ctx, input }) => answer(ctx, await verifySignIn(input, browserOf(ctx)))),
  enableInit: publicProcedure
    .meta({ limits: ["mfa.ip"] })
    .input(EnableInit)
    .mutation(({ ctx, input }) => beginSetup(input.password, browserOf(ctx))),
  /** What this browser's sign-in waits for; null when for nothing. */
  challenge: publicProcedure.query(async ({ ctx }) => (await findChallenge(ctx.cookie))?.kind ?? null),
  setup: publicProcedure.query(({ ctx }) => findSetup(browserOf(ctx))),
  enableComplete: publicProcedure
    .meta({ limits: ["mfa.ip"] })
    .input(EnableComplete)
    .mutation(async ({ ctx, input }) => {
      const { recoveryCodes, cookies } = await completeSetup(input.code, browserOf(ctx));
      cookies.forEach(ctx.setCookie);
      return { recoveryCodes };
    }),
  status: verifiedProcedure.query(({ ctx }) => secondFactorState(ctx.session)),
  disable: verifiedProcedure
    .meta({ limits: ["account-change.user"] })
    .input(ConfirmedCode)
    .mutation(async ({ ctx, input }) => {
      ctx.setCookie(await disableSecondFactor(input, { session: ctx.session, request: ctx.info }));
    }),
  regenerateCodes: verifiedProcedure
    .meta({ limits: ["account-change.user"] })
    .input(ConfirmedCode)
    .mutation(({ ctx, input }) => regenerateCodes(input, { session: ctx.session, request: ctx.info })),
});

function browserOf({ info, cookie, session }: Context): Browser {
  return { request: info, cookie, session };
}

function answer(ctx: Context, { status, cookies }: SignInAnswer) {
  cookies.forEach(ctx.setCookie);
  return { status };
}
