// Mails about money, to those who can do something about it.

import { appLink, composeMail, type Mail } from "../auth/mail-layout";
import { roundDollars } from "./terms";

interface Workspace {
  name: string;
  slug: string;
}

export interface SpendAlarm {
  kind: string;
  threshold: number;
  workspace: Workspace;
}

/** Tells what was crossed, once. */
export function alarmMail({ kind, threshold, workspace }: SpendAlarm): Mail {
  const { subject, text } = wordsOf(kind, threshold);
  return composeMail({
    template: "spend_alarm",
    subject: `${workspace.name}: ${subject}`,
    heading: subject,
    paragraphs: [text],
    action: { label: PAGES[pageOf(kind)], url: appLink(`/t/${workspace.slug}/${pageOf(kind)}`) },
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

/** Asks a workspace's admins for more for one person. */
export function askedForMoreMail(
  workspace: Workspace,
  asked: { name: string; extraNano: bigint; note: string | null },
): Mail {
  const amount = roundDollars(asked.extraNano);
  return composeMail({
    template: "limit_request",
    subject: `${workspace.name}: ${asked.name} asks for a higher limit`,
    heading: "A higher limit is asked for",
    paragraphs: [
      `${asked.name} asks to spend ${amount} more this month in ${workspace.name}.`,
      asked.note === null
        ? "They gave no reason."
        : `The reason given: “${asked.note.replace(/\s+/g, " ")}”.`,
    ],
    action: { label: "Answer the request", url: appLink(`/t/${workspace.slug}/limits`) },
    footnote: "Nothing changes unless you or another admin accepts.",
  });
}

/** Tells a person what became of their request. */
export function requestDecidedMail(
  workspace: Workspace,
  { extraNano }: { extraNano: bigint },
  decision: "accept" | "decline",
): Mail {
  const amount = roundDollars(extraNano);
  const isAccepted = decision === "accept";
  return composeMail({
    template: "limit_request_decided",
    subject: `${workspace.name}: your request was ${isAccepted ? "accepted" : "declined"}`,
    heading: isAccepted ? "You can go on" : "Your request was declined",
    paragraphs: [
      isAccepted
        ? `An admin of ${workspace.name} lets you spend ${amount} more this month.`
        : `An admin of ${workspace.name} declined the ${amount} more that you asked for.`,
    ],
    action: { label: "Open your limits", url: appLink(`/t/${workspace.slug}/limits`) },
    footnote: "Limits begin anew with each month.",
  });
}

const PAGES = { limits: "Open the limits", billing: "Open billing" };

function pageOf(kind: string): keyof typeof PAGES {
  return kind.includes("cap") ? "limits" : "billing";
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
  if (kind === "member_cap_reached")
    return {
      subject: "A member has reached their spending limit",
      text: "A call was refused because a member's monthly spending limit would have been passed.",
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
