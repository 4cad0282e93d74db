// Mails about copies of one's data and about leaving.

import { appLink, composeMail, type Mail } from "../auth/mail-layout";
import { DELETION_GRACE_DAYS, EXPORT_KEPT_DAYS } from "./terms";

/** Tells that a copy is ready; it is fetched on the page, by its owner, signed in. */
export function exportReadyMail(): Mail {
  return composeMail({
    template: "data_export_ready",
    subject: "Your Parley data is ready",
    heading: "Your data is ready",
    paragraphs: [
      "The copy of your data that you asked for can be downloaded now.",
      `It is kept for ${EXPORT_KEPT_DAYS} days. You need to be signed in to download it.`,
    ],
    action: { label: "Download your data", url: appLink("/account/data", {}) },
    footnote: "If you did not ask for it, sign out of sessions you do not know and change your password.",
  });
}

/** Confirms that an account is going, with the way back. `token` is the raw secret. */
export function deletionMail(token: string, dueAt: Date): Mail {
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(dueAt);
  return composeMail({
    template: "account_deletion",
    subject: "Your Parley account will be deleted",
    heading: "Your account will be deleted",
    paragraphs: [
      `You asked us to delete your account. It is closed now, and everything in it will be erased on ${day}.`,
      `Until then, for ${DELETION_GRACE_DAYS} days, you can change your mind.`,
    ],
    action: { label: "Keep my account", url: appLink("/keep-account", { token }) },
    footnote: "If it was not you, keep the account with the button above and change your password at once.",
  });
}

/** Confirms that the account stays. */
export function deletionCancelledMail(): Mail {
  return composeMail({
    template: "account_kept",
    subject: "Your Parley account stays",
    heading: "Your account stays",
    paragraphs: ["The deletion of your account was cancelled. Everything is as it was; sign in as before."],
    action: { label: "Sign in", url: appLink("/login", {}) },
    footnote: "If it was not you, change your password.",
  });
}
