// Mails about payments into the reserve, to those who look after the workspace's money.

import { appLink, composeMail, type Mail } from "../../auth/mail-layout";
import { exactDollars } from "../../wallet/terms";
import type { Workspace } from "../letters";

const FOOTNOTE = "You get this because you look after the workspace's money.";

const toBilling = ({ slug }: Workspace, label = "Open billing") => ({
  label,
  url: appLink(`/t/${slug}/billing`),
});

export interface Receipt {
  amountNano: bigint;
  balanceNano: bigint;
  isAutomatic: boolean;
  /** Of the payment. */
  id: string;
}

/** A payment has arrived in the reserve. */
export function receiptMail(
  workspace: Workspace,
  { amountNano, balanceNano, isAutomatic, id }: Receipt,
): Mail {
  const amount = exactDollars(amountNano);
  return composeMail({
    template: "reserve_receipt",
    subject: `${workspace.name}: ${amount} added to the reserve`,
    heading: `${amount} was added`,
    paragraphs: [
      isAutomatic
        ? `The reserve of ${workspace.name} ran low, so ${amount} was charged to your payment method and added to it.`
        : `Your payment of ${amount} was added to the reserve of ${workspace.name}.`,
      `The reserve holds ${exactDollars(balanceNano)} now. The payment's number is ${id}.`,
    ],
    action: toBilling(workspace),
    footnote: FOOTNOTE,
  });
}

export interface TakenBack {
  /** Negative for what left the reserve. */
  amountNano: bigint;
  balanceNano: bigint;
  isDispute: boolean;
}

/** Money of a payment left the reserve again, or came back to it. */
export function takenBackMail(workspace: Workspace, { amountNano, balanceNano, isDispute }: TakenBack): Mail {
  const isTaken = amountNano < 0n;
  const amount = exactDollars(isTaken ? -amountNano : amountNano);
  const balance =
    balanceNano < 0n
      ? `The reserve is below zero now, at ${exactDollars(balanceNano)}: calls that the plan does not cover may be refused until it is topped up.`
      : `The reserve holds ${exactDollars(balanceNano)} now.`;
  return composeMail({
    template: isTaken ? "reserve_taken_back" : "reserve_returned",
    subject: `${workspace.name}: ${amount} ${isTaken ? "left" : "came back to"} the reserve`,
    heading: `${amount} ${isTaken ? "left the reserve" : "came back to the reserve"}`,
    paragraphs: [whyOf({ isTaken, isDispute, amount }), balance],
    action: toBilling(workspace),
    footnote: FOOTNOTE,
  });
}

function whyOf({
  isTaken,
  isDispute,
  amount,
}: {
  isTaken: boolean;
  isDispute: boolean;
  amount: string;
}): string {
  if (isDispute && isTaken)
    return `A payment was disputed with its bank, which took ${amount} back. It returns to the reserve if the dispute is decided for us.`;
  if (isDispute) return `A dispute about a payment was decided, and the bank gave ${amount} back.`;
  return isTaken
    ? `A payment was refunded, so ${amount} of it is no longer in the reserve.`
    : `A refund of ${amount} did not arrive, so the money is in the reserve again.`;
}

export interface AutoTopUpTrouble {
  amountCents: number;
  /** What is to be done about it. */
  trouble: "declined" | "paused" | "needs_action" | "no_payment_method" | "ceiling";
}

const CENT_NANO = 10_000_000n;

/** The reserve could not be filled by itself. */
export function autoTopUpMail(workspace: Workspace, { amountCents, trouble }: AutoTopUpTrouble): Mail {
  const amount = exactDollars(BigInt(amountCents) * CENT_NANO);
  const { heading, text, label } = WORDS[trouble](amount);
  return composeMail({
    template: `auto_topup_${trouble}`,
    subject: `${workspace.name}: ${heading.charAt(0).toLowerCase()}${heading.slice(1)}`,
    heading,
    paragraphs: [text],
    action: toBilling(workspace, label),
    footnote: FOOTNOTE,
  });
}

const WORDS: Record<
  AutoTopUpTrouble["trouble"],
  (amount: string) => { heading: string; text: string; label: string }
> = {
  declined: (amount) => ({
    heading: "An automatic top-up was declined",
    text: `Your payment method refused ${amount}. It is tried again in an hour; a top-up by hand helps at once.`,
    label: "Open billing",
  }),
  paused: (amount) => ({
    heading: "Automatic top-ups are paused",
    text: `Your payment method refused ${amount} several times. Check it, then turn automatic top-ups on again.`,
    label: "Check the payment method",
  }),
  needs_action: (amount) => ({
    heading: "A top-up waits for your confirmation",
    text: `Your bank wants you to confirm a payment of ${amount}. Until then nothing is added to the reserve.`,
    label: "Confirm the payment",
  }),
  no_payment_method: (amount) => ({
    heading: "Automatic top-ups are paused",
    text: `There is no payment method to charge ${amount} to. Top up once by hand, and it is kept for the next time.`,
    label: "Open billing",
  }),
  ceiling: (amount) => ({
    heading: "Automatic top-ups have reached their limit",
    text: `Another ${amount} would be more than you let automatic top-ups spend in a month. They go on next month.`,
    label: "Change the limit",
  }),
};
