// What was mailed, read as the recipient would.
import { db } from "../../server/platform/db";
import { openBody } from "../../server/platform/mailer";

export interface ReceivedMail {
  template: string;
  subject: string;
  status: string;
  text: string;
  html: string;
  /** Every address in the text. */
  links: string[];
}

/** The mails queued for an address, oldest first. */
export async function mailsTo(recipient: string): Promise<ReceivedMail[]> {
  const rows = await db().outgoingMail.findMany({ where: { recipient }, orderBy: { id: "asc" } });
  return rows.map(({ id, template, subject, status, textBody, htmlBody }) => {
    const text = openBody(id, "text", textBody);
    const html = openBody(id, "html", htmlBody);
    return { template, subject, status, text, html, links: text.match(/https?:\/\/\S+/g) ?? [] };
  });
}

/** The secret in the newest link of this kind that an address was mailed. */
export async function tokenMailedTo(recipient: string, template = "verification"): Promise<string> {
  const mail = (await mailsTo(recipient)).findLast((sent) => sent.template === template);
  const token = new URL(mail?.links[0] ?? "http://none.example").searchParams.get("token");
  if (!token) throw new Error(`no ${template} link was mailed to ${recipient}`);
  return token;
}
