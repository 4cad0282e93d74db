// Mails of members and invites. A workspace's name, an inviter's name and their message are others' words: they are quoted,
// on one line, and carry no link.

import { appLink, composeMail, type Mail } from "../auth/mail-layout";
import { ROLE_LABELS, type TenantRole } from "../tenants/terms";
import { INVITE_VALID_DAYS } from "./terms";

/** Asks an address into a workspace. `token` is the raw secret: it is in this mail and nowhere else. */
export function inviteMail(invite: {
  token: string;
  role: TenantRole;
  tenantName: string;
  inviterName: string;
  message?: string | null | undefined;
}): Mail {
  const { token, role, message } = invite;
  const [tenant, inviter] = [onOneLine(invite.tenantName), onOneLine(invite.inviterName)];
  return composeMail({
    template: "tenant_invite",
    subject: "You are invited to a workspace on Parley",
    heading: "You are invited",
    paragraphs: [
      `On Parley, “${inviter}” invites you to join the workspace “${tenant}” as ${ROLE_LABELS[role].toLowerCase()}.`,
      ...(message ? [`Their message: “${onOneLine(message)}”.`] : []),
      `The link is valid for ${INVITE_VALID_DAYS} days and works once, for this address.`,
    ],
    action: { label: "See the invite", url: appLink("/invite", { token }) },
    footnote: "If you do not know them, ignore this mail: without the link nothing happens.",
  });
}

/** Tells somebody that they were taken out of a workspace. */
export function removedMail(tenantName: string): Mail {
  return composeMail({
    template: "member_removed",
    subject: "You were removed from a workspace on Parley",
    heading: "You were removed from a workspace",
    paragraphs: [
      `An admin of the workspace “${onOneLine(tenantName)}” has removed you from it. What you wrote there stays with the workspace.`,
      "If it was your last workspace, your account is closed until somebody invites you again.",
    ],
    action: { label: "Go to Parley", url: appLink("/login") },
    footnote: "If this surprises you, ask an admin of that workspace.",
  });
}

/** Tells somebody that a workspace is theirs now. */
export function ownershipMail(tenant: { name: string; slug: string }): Mail {
  return composeMail({
    template: "ownership_transferred",
    subject: "You own a workspace on Parley now",
    heading: "A workspace is yours now",
    paragraphs: [
      `The owner of the workspace “${onOneLine(tenant.name)}” has handed it over to you.`,
      "You can change everything in it now, invite and remove people, and delete it.",
    ],
    action: { label: "See its members", url: appLink(`/t/${tenant.slug}/members`) },
    footnote: "You get this mail because you belong to that workspace.",
  });
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
