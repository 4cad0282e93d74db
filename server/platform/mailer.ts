// Mail leaves through the database: the row and its job are written in the transaction that causes the mail, and a
// worker delivers it later, as often as it takes. Bodies hold links that sign people in, so they are sealed while they
// wait and erased once they are delivered.

import { now } from "./clock";
import { open, seal } from "./crypto";
import { newId } from "./ids";
import { emailEnqueuedTotal } from "./metrics";
import type { Prisma } from "./prisma/client";
import { type EnqueueOptions, enqueue } from "./queue";

export interface Mail {
  to: string;
  /** Which mail this is, for the log and the outbox: "verification". */
  template: string;
  subject: string;
  text: string;
  html: string;
  /** A second mail with the same key is not written. */
  dedupeKey?: string;
  /** Writes the row and the job but sends nothing, so that both branches of a neutral answer do the same work. */
  isSuppressed?: boolean;
}

export const MAIL_JOB = "mail.send";

// A delivery that fails comes again by a job of its own; these repeats cover a worker that dies.
const MAIL_JOB_ATTEMPTS: EnqueueOptions = { maxAttempts: 10 };

type Transaction = Pick<Prisma.TransactionClient, "$executeRaw" | "outgoingMail">;

/** Queues a mail in this transaction. */
export async function queueMail(db: Transaction, mail: Mail): Promise<void> {
  const id = newId();
  const row = {
    id,
    template: mail.template,
    recipient: mail.to,
    subject: mail.subject,
    textBody: sealBody(id, "text", mail.text),
    htmlBody: sealBody(id, "html", mail.html),
    dedupeKey: mail.dedupeKey ?? null,
    status: mail.isSuppressed ? ("suppressed" as const) : ("queued" as const),
    createdAt: now(),
  };
  const { count } = await db.outgoingMail.createMany({ data: [row], skipDuplicates: true });
  if (count === 0) return;
  await enqueue(db, MAIL_JOB, { mailId: id }, MAIL_JOB_ATTEMPTS);
  if (!mail.isSuppressed) emailEnqueuedTotal.inc();
}

/** A stored body as it was written; empty once it is erased. */
export function openBody(id: string, part: "text" | "html", stored: string): string {
  if (stored === "") return "";
  return open("encryptionKeys", bodyContext(id, part), Buffer.from(stored, "base64")).toString("utf8");
}

function sealBody(id: string, part: "text" | "html", body: string): string {
  return seal("encryptionKeys", bodyContext(id, part), Buffer.from(body)).toString("base64");
}

function bodyContext(id: string, part: string): string {
  return `outgoing_mail|${part}|${id}`;
}
