// Procedures of identity.

import { captchaChallenge } from "../platform/captcha";
import { publicProcedure, router, userProcedure } from "../procedures";
import {
  AskCaptcha,
  ListSessions,
  Login,
  ResendVerification,
  RevokeSession,
  StepUp,
  VerifyEmail,
} from "./contract";
import { resendVerification, verifyEmail } from "./email-verification";
import { login } from "./login";
import { listSessions, logout, logoutAll, revokeOthers, revokeOwnSession } from "./own-sessions";
import { blankSessionCookie, readSessionToken } from "./session-cookie";
import { stepUp } from "./step-up";
import { TEXT_RESENT, TEXT_VERIFIED } from "./terms";
import { addressToConfirm, getProfile } from "./users";

export const authRouter = router({
  /** What a page shows where a captcha is asked for. */
  captcha: publicProcedure.input(AskCaptcha).query(({ input }) => captchaChallenge(input.action)),
  login: publicProcedure
    .meta({ limits: ["login.ip"] })
    .input(Login)
    .mutation(async ({ ctx, input }) => {
      const { cookie } = await login(input, { request: ctx.info, session: ctx.session });
      ctx.setCookie(cookie);
      return { status: "ok" as const };
    }),
  logout: publicProcedure.mutation(async ({ ctx }) => {
    await logout(readSessionToken(ctx.cookie), ctx.info);
    ctx.setCookie(blankSessionCookie());
  }),
  logoutAll: userProcedure.mutation(async ({ ctx }) => {
    const ended = await logoutAll(ctx.session, ctx.info);
    ctx.setCookie(blankSessionCookie());
    return ended;
  }),
  stepUp: userProcedure.input(StepUp).mutation(async ({ ctx, input }) => {
    const { cookie } = await stepUp({ session: ctx.session, request: ctx.info }, input.password);
    ctx.setCookie(cookie);
  }),
});

export const emailRouter = router({
  resend: publicProcedure
    .meta({ limits: ["resend.ip"] })
    .input(ResendVerification)
    .mutation(async ({ ctx, input }) => {
      await resendVerification(addressToConfirm(input.email, ctx.session), ctx.info);
      return { message: TEXT_RESENT };
    }),
  verify: publicProcedure
    .meta({ limits: ["verify.ip"] })
    .input(VerifyEmail)
    .mutation(async ({ ctx, input }) => {
      await verifyEmail(input.token, ctx.info);
      return { message: TEXT_VERIFIED };
    }),
});

export const sessionsRouter = router({
  list: userProcedure.input(ListSessions).query(({ ctx, input }) => listSessions(ctx.session, input)),
  revoke: userProcedure
    .input(RevokeSession)
    .mutation(({ ctx, input }) => revokeOwnSession(ctx.session, input.sessionId, ctx.info)),
  revokeOthers: userProcedure.mutation(({ ctx }) => revokeOthers(ctx.session, ctx.info)),
});

export const accountRouter = router({
  profile: userProcedure.query(({ ctx }) => getProfile(ctx.session.userId)),
});
