// Mails about money, to those who can do something about it.

import { appLink, composeMail, type Mail } from "../auth/mail-layout";

export interface SpendAlarm {
  kind: string;
  threshold: number;
  workspace: { name: string; slug: string };
}

/** Tells what was crossed, once. */
export function alarmMail({ kind, threshold, workspace }: SpendAlarm): Mail {
  const { subject, text } = wordsOf(kind, threshold);
  return composeMail({
    template: "spend_alarm",
    subject: `${workspace.name}: ${subject}`,
    heading: subject,
    paragraphs: [text],
    action: { label: "Open the workspace", url: appLink(`/t/${workspace.slug}`) },
    footnote: "You get this because you look after the workspace's money.",
  });
}

const FAULTS_NAMED_MAX = 5;

/** Tells operators that the books do not agree. */
export function booksMail(faults: { tenantId: string; fault: string }[]): Mail {
  const count = faults.length === 1 ? "1 difference" : `${faults.length} differences`;
  const named = faults
    .slice(0, FAULTS_NAMED_MAX)
    .map(({ tenantId, fault }) => `Workspace ${tenantId}: ${fault}.`);
  return composeMail({
    template: "books_fault",
    subject: `The books do not agree: ${count}`,
    heading: "The books do not agree",
    paragraphs: [`The reconciliation found ${count} that were not there before.`, ...named],
    action: { label: "Open the books", url: appLink("/admin/billing") },
    footnote: "You get this because you manage billing on this installation.",
  });
}

function wordsOf(kind: string, threshold: number): { subject: string; text: string } {
  if (kind === "low_balance")
    return {
      subject: "The reserve is low",
      text: "The reserve has fallen below its threshold. Top it up so that nobody is held up.",
    };
  if (kind === "depleted")
    return {
      subject: "The reserve is used up",
      text: "Calls that the plan does not cover may be refused now.",
    };
  if (kind === "cap_reached")
    return {
      subject: "The spending limit has been reached",
      text: "A call was refused because the monthly spending limit would have been passed.",
    };
  if (kind === "quota")
    return {
      subject: `${threshold} % of an allowance is used`,
      text: `The plan's allowance for this period is used to ${threshold} %.`,
    };
  if (kind === "overshoot")
    return {
      subject: "A call cost more than was held",
      text: "A provider answered more than it was asked for. The difference is an entry of its own in the ledger.",
    };
  const whose = kind === "member_cap" ? "a member's monthly spending limit" : "the monthly spending limit";
  return { subject: `${threshold} % of ${whose}`, text: `Spending has reached ${threshold} % of ${whose}.` };
}
