// Mails about support access: to those who decide, and to the operator who asked.

import { appLink, composeMail, type Mail, timeOf } from "../auth/mail-layout";
import type { SupportScope } from "./terms";

interface Question {
  operatorName: string;
  reason: string;
  scope: SupportScope;
  hours: number;
}

/** Tells a workspace's admins and owners that an operator asks for access. */
export function askedMail(tenant: { slug: string; name: string }, question: Question): Mail {
  const { operatorName, reason, scope, hours } = question;
  const time = hours === 1 ? "one hour" : `${hours} hours`;
  return composeMail({
    template: "support_access_asked",
    subject: "Support asks for access to your workspace",
    heading: "Support asks for access",
    paragraphs: [
      `${operatorName} of Parley's support asks to look into ${tenant.name} for ${time}.`,
      `The reason given: ${JSON.stringify(reason)}.`,
      scope === "content"
        ? "They ask to see facts and what people wrote. They cannot change anything."
        : "They ask to see facts only: what people wrote stays hidden. They cannot change anything.",
    ],
    action: { label: "Answer the request", url: appLink(`/t/${tenant.slug}/support-access`) },
    footnote: "Nobody gets in unless you or another admin approves. You can end the access at any time.",
  });
}

/** Tells an operator that a workspace let them in. */
export function approvedMail(tenant: { slug: string; name: string }, until: Date): Mail {
  return composeMail({
    template: "support_access_approved",
    subject: "Your support access was approved",
    heading: "Support access approved",
    paragraphs: [
      `An admin of ${tenant.name} approved your access until ${timeOf(until)}.`,
      "Everything you open under it is written to the workspace's own audit log.",
    ],
    action: { label: "Open the workspace", url: appLink(`/t/${tenant.slug}/support-access`) },
    footnote: "You can read, and change nothing. Leave when you are done.",
  });
}

/** Tells an operator that a workspace did not let them in. */
export function declinedMail(tenant: { id: string; name: string }): Mail {
  return composeMail({
    template: "support_access_declined",
    subject: "Your support access was declined",
    heading: "Support access declined",
    paragraphs: [
      `An admin of ${tenant.name} declined your request.`,
      "You may ask again with a reason that helps them decide.",
    ],
    action: { label: "Open the workspace's page", url: appLink(`/admin/tenants/${tenant.id}`) },
    footnote: "Please talk to the customer before you ask again.",
  });
}
