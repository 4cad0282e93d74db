// Procedures of identity.

import { captchaChallenge } from "../platform/captcha";
import { publicProcedure, router, userProcedure, verifiedProcedure } from "../procedures";
import { removeAvatar, setAvatar, showAvatar } from "./account/avatar";
import { getProfile, updateProfile } from "./account/profile";
import { cancelEmailChange, confirmEmailChange, requestEmailChange } from "./address/change";
import { resendVerification, verifyEmail } from "./address/verification";
import {
  AskCaptcha,
  ChangeEmail,
  ChangePassword,
  ForgotPassword,
  ListSessions,
  ResendVerification,
  ResetPassword,
  RevokeSession,
  SetAvatar,
  UpdateProfile,
  VerifyEmail,
} from "./contract";
import { changePassword } from "./password/change";
import { forgotPassword, resetPassword } from "./password/reset";
import { listSessions, logout, logoutAll, revokeOthers, revokeOwnSession } from "./session/own";
import { blankSessionCookie, readSessionToken } from "./session-cookie";
import {
  TEXT_EMAIL_CANCELLED,
  TEXT_EMAIL_CHANGE,
  TEXT_EMAIL_CONFIRMED,
  TEXT_PASSWORD_CHANGED,
  TEXT_PASSWORD_RESET,
  TEXT_RESENT,
  TEXT_RESET_REQUESTED,
  TEXT_VERIFIED,
} from "./terms";
import { addressToConfirm } from "./users";

export const authRouter = router({
  /** What a page shows where a captcha is asked for. */
  captcha: publicProcedure.input(AskCaptcha).query(({ input }) => captchaChallenge(input.action)),
  logout: publicProcedure.mutation(async ({ ctx }) => {
    await logout(readSessionToken(ctx.cookie), ctx.info);
    ctx.setCookie(blankSessionCookie());
  }),
  logoutAll: userProcedure.mutation(async ({ ctx }) => {
    const ended = await logoutAll(ctx.session, ctx.info);
    ctx.setCookie(blankSessionCookie());
    return ended;
  }),
  forgotPassword: publicProcedure
    .meta({ limits: ["forgot.ip"] })
    .input(ForgotPassword)
    .mutation(async ({ ctx, input }) => {
      await forgotPassword(input, ctx.info);
      return { message: TEXT_RESET_REQUESTED };
    }),
  resetPassword: publicProcedure
    .meta({ limits: ["reset.ip"] })
    .input(ResetPassword)
    .mutation(async ({ ctx, input }) => {
      await resetPassword(input, ctx.info);
      return { message: TEXT_PASSWORD_RESET };
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
      const renewed = await verifyEmail(input.token, { session: ctx.session, request: ctx.info });
      if (renewed) ctx.setCookie(renewed.cookie);
      return { message: TEXT_VERIFIED };
    }),
});

/** Changing an address that is confirmed; part of `email`. */
export const emailChangeRouter = router({
  confirmChange: publicProcedure
    .meta({ limits: ["verify.ip"] })
    .input(VerifyEmail)
    .mutation(async ({ ctx, input }) => {
      const renewed = await confirmEmailChange(input.token, { session: ctx.session, request: ctx.info });
      if (renewed) ctx.setCookie(renewed.cookie);
      return { message: TEXT_EMAIL_CONFIRMED };
    }),
  cancelChange: publicProcedure
    .meta({ limits: ["verify.ip"] })
    .input(VerifyEmail)
    .mutation(async ({ ctx, input }) => {
      await cancelEmailChange(input.token, ctx.info);
      return { message: TEXT_EMAIL_CANCELLED };
    }),
});

export const sessionsRouter = router({
  list: verifiedProcedure.input(ListSessions).query(({ ctx, input }) => listSessions(ctx.session, input)),
  revoke: verifiedProcedure
    .meta({ limits: ["session-end.user"] })
    .input(RevokeSession)
    .mutation(({ ctx, input }) => revokeOwnSession(ctx.session, input.sessionId, ctx.info)),
  revokeOthers: verifiedProcedure
    .meta({ limits: ["session-end.user"] })
    .mutation(({ ctx }) => revokeOthers(ctx.session, ctx.info)),
});

export const accountRouter = router({
  profile: verifiedProcedure.query(({ ctx }) => getProfile(ctx.session.userId)),
  updateProfile: verifiedProcedure
    .meta({ limits: ["profile.user"] })
    .input(UpdateProfile)
    .mutation(({ ctx, input }) => updateProfile(ctx.session, input, ctx.info)),
  avatar: verifiedProcedure.query(({ ctx }) => showAvatar(ctx.session.userId)),
  setAvatar: verifiedProcedure
    .meta({ limits: ["profile.user"] })
    .input(SetAvatar)
    .mutation(({ ctx, input }) => setAvatar(ctx.session, input, ctx.info)),
  removeAvatar: verifiedProcedure
    .meta({ limits: ["profile.user"] })
    .mutation(({ ctx }) => removeAvatar(ctx.session, ctx.info)),
  changeEmail: verifiedProcedure
    .meta({ limits: ["change-email.user"] })
    .input(ChangeEmail)
    .mutation(async ({ ctx, input }) => {
      await requestEmailChange({ session: ctx.session, request: ctx.info }, input.email);
      return { message: TEXT_EMAIL_CHANGE };
    }),
  changePassword: verifiedProcedure
    .meta({ limits: ["account-change.user"] })
    .input(ChangePassword)
    .mutation(async ({ ctx, input }) => {
      const { cookie } = await changePassword({ session: ctx.session, request: ctx.info }, input);
      ctx.setCookie(cookie);
      return { message: TEXT_PASSWORD_CHANGED };
    }),
});
