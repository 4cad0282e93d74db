// Mails about copies of one's data and about leaving.

import { appLink, composeMail, type Mail } from "../auth/mail-layout";
import { TENANT_GRACE_DAYS } from "../tenants/terms";
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
  const day = dayOf(dueAt);
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

interface TenantEnd {
  dueAt: Date;
  /** The end of what its subscription has paid for; null for a workspace without one that goes on. */
  paidUntil: Date | null;
}

/** Tells an owner that the workspace is closed, and until when it can come back. */
export function tenantDeletionMail(name: string, { dueAt, paidUntil }: TenantEnd): Mail {
  return composeMail({
    template: "tenant_deletion",
    subject: `The workspace ${name} will be deleted`,
    heading: `${name} will be deleted`,
    paragraphs: [
      `An owner asked us to delete the workspace ${name}. It is closed now, and everything in it will be erased on ${dayOf(dueAt)}.`,
      `Until then, for ${TENANT_GRACE_DAYS} days, every owner can bring it back.`,
      ...(paidUntil === null
        ? []
        : [
            `Its subscription renews no more: it ends on ${dayOf(paidUntil)}, or with the workspace where that is sooner. Brought back before then, the workspace goes on with it.`,
          ]),
    ],
    action: { label: "See your workspaces", url: appLink("/account/workspaces", {}) },
    footnote: "If nobody should have done this, bring the workspace back and see who its owners are.",
  });
}

/** Tells an owner that the workspace stays, and what has become of a subscription that the deletion ended. */
export function tenantRestoredMail(name: string, subscription: "goes_on" | "ended" | null): Mail {
  return composeMail({
    template: "tenant_restored",
    subject: `The workspace ${name} stays`,
    heading: `${name} stays`,
    paragraphs: [
      "The deletion was undone. Everything in the workspace is as it was; answers under way were stopped.",
      ...(subscription === null ? [] : [SUBSCRIPTIONS[subscription]]),
    ],
    action: { label: "See your workspaces", url: appLink("/account/workspaces", {}) },
    footnote: "You receive this because you own the workspace.",
  });
}

const SUBSCRIPTIONS = {
  goes_on: "Its subscription goes on as before.",
  ended:
    "Its subscription ended meanwhile, and the workspace is on the free plan. You can subscribe again on its billing page.",
};

/** Tells a former owner that everything is erased, and where the certificate is. */
export function tenantErasedMail(name: string): Mail {
  return composeMail({
    template: "tenant_erased",
    subject: `The workspace ${name} was erased`,
    heading: `${name} was erased`,
    paragraphs: ["Everything in the workspace was erased. A signed certificate says what, table by table."],
    action: { label: "Download the certificate", url: appLink("/account/workspaces", {}) },
    footnote: "You receive this because you owned the workspace.",
  });
}

function dayOf(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(at);
}
