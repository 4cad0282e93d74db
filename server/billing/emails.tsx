// Mails about subscriptions, to those who can do something about them.

import { appLink, composeMail, type Mail, timeOf } from "../auth/mail-layout";
import type { Workspace } from "./letters";

const FOOTNOTE = "You get this because you look after the workspace's money.";

const toBilling = ({ slug }: Workspace) => ({ label: "Open billing", url: appLink(`/t/${slug}/billing`) });

/** A payment did not go through; the plan stays until `graceEndsAt`. */
export function paymentFailedMail(workspace: Workspace, { graceEndsAt }: { graceEndsAt: Date | null }): Mail {
  return composeMail({
    template: "payment_failed",
    subject: `${workspace.name}: a payment failed`,
    heading: "A payment failed",
    paragraphs: [
      `The payment for ${workspace.name} did not go through. We will try again.`,
      graceEndsAt === null
        ? "Please check the payment method."
        : `Nothing changes until ${timeOf(graceEndsAt)}. Please check the payment method before then.`,
    ],
    action: toBilling(workspace),
    footnote: FOOTNOTE,
  });
}

export function subscriptionEndedMail(workspace: Workspace, { planName }: { planName: string }): Mail {
  return composeMail({
    template: "subscription_ended",
    subject: `${workspace.name}: the subscription has ended`,
    heading: "The subscription has ended",
    paragraphs: [
      `${workspace.name} is no longer on the ${planName} plan and is on the free plan now.`,
      "Nothing was deleted. You can subscribe again at any time.",
    ],
    action: toBilling(workspace),
    footnote: FOOTNOTE,
  });
}

/** A trial began with a card that has had one. */
export function trialRefusedMail(workspace: Workspace): Mail {
  return composeMail({
    template: "trial_refused",
    subject: `${workspace.name}: the first payment is made now`,
    heading: "The first payment is made now",
    paragraphs: [
      `There is one free trial for each card, and the card of ${workspace.name} has had one in another workspace.`,
      "So the subscription is paid from today on. You can cancel it at any time; it then ends with the period that is paid.",
    ],
    action: toBilling(workspace),
    footnote: FOOTNOTE,
  });
}

export interface TrialEnd {
  planName: string;
  endsAt: Date;
  /** Whether it goes on by itself, and is paid for. */
  isPaidAfter: boolean;
}

export function trialEndsMail(workspace: Workspace, { planName, endsAt, isPaidAfter }: TrialEnd): Mail {
  return composeMail({
    template: "trial_ends",
    subject: `${workspace.name}: the trial ends soon`,
    heading: "The trial ends soon",
    paragraphs: [
      `The trial of the ${planName} plan ends at ${timeOf(endsAt)}.`,
      isPaidAfter
        ? "The first payment is made then. You can cancel until that time, and pay nothing."
        : `Subscribe before then to keep what ${planName} offers; after it the workspace is on the free plan.`,
    ],
    action: toBilling(workspace),
    footnote: FOOTNOTE,
  });
}
