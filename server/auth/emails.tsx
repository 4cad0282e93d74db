// Identity's mails. None greets by a name, since whoever registers an address chooses the name and we would carry their
// words to a stranger.

import { appLink, composeMail, type Mail, timeOf } from "./mail-layout";
import {
  EMAIL_CHANGE_CANCEL_DAYS,
  EMAIL_CHANGE_VALID_HOURS,
  LOGIN_FAILURES_MAX,
  LOGIN_LOCK_MINUTES,
  RESET_VALID_MINUTES,
  TEXT_LOCKOUT_MAIL,
  TEXT_NEW_DEVICE,
  VERIFICATION_VALID_HOURS,
} from "./terms";

/** Asks to confirm an address. `token` is the raw secret: it is in this mail and nowhere else. */
export function verificationMail(token: string): Mail {
  return composeMail({
    template: "verification",
    subject: "Confirm your email for Parley",
    heading: "Confirm your email",
    paragraphs: [
      "Someone, hopefully you, registered this address with Parley. Confirm it to finish.",
      `The link is valid for ${VERIFICATION_VALID_HOURS} hours and works once.`,
    ],
    action: { label: "Confirm email", url: appLink("/verify-email", { token }) },
    footnote: "If it was not you, ignore this mail: without the link nothing happens.",
  });
}

/** Answers a registration of an address that has a confirmed account. */
export function alreadyRegisteredMail(): Mail {
  return composeMail({
    template: "already_registered",
    subject: "You already have a Parley account",
    heading: "You already have an account",
    paragraphs: [
      "Someone, hopefully you, tried to register this address with Parley, which has an account already.",
      "Nothing was changed. Sign in with the password you have.",
    ],
    action: { label: "Sign in", url: appLink("/login") },
    footnote: "If it was not you, ignore this mail: your account is as it was.",
  });
}

/** Lets an address sign up that asked for access. `token` is the raw secret: it is in this mail and nowhere else. */
export function signupInviteMail(token: string, validDays: number): Mail {
  return composeMail({
    template: "signup_invite",
    subject: "Your access to Parley",
    heading: "You can sign up now",
    paragraphs: [
      "This address asked for access to Parley, and we said yes. Create your account to begin.",
      `The link is valid for ${validDays} days and works once, for this address.`,
    ],
    action: { label: "Create your account", url: appLink("/register", { invite: token }) },
    footnote: "If you did not ask, ignore this mail: without the link nothing happens.",
  });
}

/** Tells of a sign-in from a browser that was not known. `device` and `place` are our own words for what was seen. */
export function newDeviceMail(seen: { device: string; place: string | null; at: Date }): Mail {
  const where = seen.place === null || seen.place === "unknown" ? "" : ` near ${seen.place}`;
  return composeMail({
    template: "new_device",
    subject: TEXT_NEW_DEVICE,
    heading: TEXT_NEW_DEVICE,
    paragraphs: [
      `Your Parley account was signed in to from a browser we had not seen before: ${seen.device}${where}, on ${timeOf(seen.at)}.`,
      "If it was you, there is nothing to do. If not, end that session and change your password.",
    ],
    action: { label: "Review your sessions", url: appLink("/account/sessions") },
    footnote: "You get this mail whenever a new browser signs in to your account.",
  });
}

/** Carries the link that sets a new password. `token` is the raw secret: it is in this mail and nowhere else. */
export function passwordResetMail(token: string): Mail {
  return composeMail({
    template: "password_reset",
    subject: "Set a new password for Parley",
    heading: "Set a new password",
    paragraphs: [
      "Someone, hopefully you, asked to set a new password for the Parley account of this address.",
      `The link is valid for ${RESET_VALID_MINUTES} minutes and works once. Setting a new password signs you out everywhere.`,
    ],
    action: { label: "Set a new password", url: appLink("/reset-password", { token }) },
    footnote: "If it was not you, ignore this mail: your password stays as it is.",
  });
}

/** Tells the owner that the password is another one now. */
export function passwordChangedMail(at: Date): Mail {
  return composeMail({
    template: "password_changed",
    subject: "Your Parley password was changed",
    heading: "Your password was changed",
    paragraphs: [
      `The password of your Parley account was changed on ${timeOf(at)}. Other sessions were signed out.`,
      "If it was you, there is nothing to do. If not, set a new password now; that ends every session again.",
    ],
    action: { label: "Set a new password", url: appLink("/forgot-password") },
    footnote: "You get this mail whenever the password of your account changes.",
  });
}

/** Tells the owner of a lock (T-9). It ends by itself. */
export function lockoutMail(at: Date): Mail {
  return composeMail({
    template: "lockout",
    subject: TEXT_LOCKOUT_MAIL,
    heading: TEXT_LOCKOUT_MAIL,
    paragraphs: [
      `Somebody entered a wrong password for your Parley account ${LOGIN_FAILURES_MAX} times, the last time on ${timeOf(at)}. For ${LOGIN_LOCK_MINUTES} minutes nobody can sign in, not even with the right password.`,
      "If it was you, wait and try again, or set a new password. If not, your password was not guessed; a long one that you use nowhere else keeps it that way.",
    ],
    action: { label: "Set a new password", url: appLink("/forgot-password") },
    footnote: "You get this mail once for each lock.",
  });
}

/** Asks to confirm the new address of an account. `token` is the raw secret: it is in this mail and nowhere else. */
export function emailChangeMail(token: string): Mail {
  return composeMail({
    template: "email_change",
    subject: "Confirm your new email for Parley",
    heading: "Confirm your new email",
    paragraphs: [
      "Someone, hopefully you, wants to use this address for their Parley account.",
      `The link is valid for ${EMAIL_CHANGE_VALID_HOURS} hours and works once. Other sessions are signed out then.`,
    ],
    action: { label: "Confirm the new email", url: appLink("/change-email/confirm", { token }) },
    footnote: "If it was not you, ignore this mail: without the link nothing happens.",
  });
}

/** Tells the old address of a change, and lets its owner undo it. `token` is the raw secret. */
export function emailChangeNoticeMail(newEmail: string, token: string): Mail {
  return composeMail({
    template: "email_change_notice",
    subject: "Your Parley email is about to change",
    heading: "Your email is about to change",
    paragraphs: [
      `Someone, hopefully you, wants to use ${newEmail} for your Parley account instead of this address.`,
      `If it was you, there is nothing to do here. If not, undo it: that works for ${EMAIL_CHANGE_CANCEL_DAYS} days, also after the new address was confirmed, and signs everybody out.`,
    ],
    action: { label: "Undo the change", url: appLink("/change-email/cancel", { token }) },
    footnote: "After undoing it, set a new password: whoever asked was signed in as you.",
  });
}

/** Answers a change to an address that has an account of its own. */
export function addressTakenMail(): Mail {
  return composeMail({
    template: "email_change_taken",
    subject: "You already have a Parley account",
    heading: "You already have an account",
    paragraphs: [
      "Someone, hopefully you, wants to use this address for another Parley account, but it has an account already.",
      "Nothing was changed.",
    ],
    action: { label: "Sign in", url: appLink("/login") },
    footnote: "If it was not you, ignore this mail: your account is as it was.",
  });
}
