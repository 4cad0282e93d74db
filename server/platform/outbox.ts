// The mails of this copy as /dev/mail and tests read them. Bodies are there only under the outbox driver, or until they
// are delivered.

import { z } from "zod";
import { platformDb } from "./db";
import { openBody } from "./mailer";

export interface OutboxMail {
  id: string;
  to: string;
  template: string;
  subject: string;
  status: string;
  createdAt: Date;
}

export interface OpenMail extends OutboxMail {
  text: string;
  html: string;
}

const LIST_LENGTH_MAX = 100;
const COLUMNS = { id: true, recipient: true, template: true, subject: true, status: true, createdAt: true };

/** The newest mails, newest first; one address only when it is given. */
export async function listOutbox(recipient?: string): Promise<OutboxMail[]> {
  const rows = await platformDb().outgoingMail.findMany({
    where: { status: { not: "suppressed" }, ...(recipient === undefined ? {} : { recipient }) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: LIST_LENGTH_MAX,
    select: COLUMNS,
  });
  return rows.map(({ recipient: to, ...rest }) => ({ ...rest, to }));
}

/** One mail with its text and HTML, or null. */
export async function findOutboxMail(id: string): Promise<OpenMail | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const row = await platformDb().outgoingMail.findUnique({ where: { id } });
  if (row === null || row.status === "suppressed") return null;
  const { recipient: to, template, subject, status, createdAt } = row;
  const text = openBody(id, "text", row.textBody);
  const html = openBody(id, "html", row.htmlBody);
  return { id, to, template, subject, status, createdAt, text, html };
}
