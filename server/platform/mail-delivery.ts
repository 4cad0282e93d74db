// Delivering queued mail. A mail that cannot go now comes again, later and later but at least every ten minutes, for
// three days: an outage of the mail server delays mail and loses none.

import { z } from "zod";
import { fromNow, now } from "./clock";
import { platformDb } from "./db";
import { logger } from "./logger";
import { type MailDriver, mailDriver } from "./mail-drivers";
import { MAIL_JOB, openBody } from "./mailer";
import {
  emailDeliveryAttemptsTotal,
  emailDeliveryLatencySeconds,
  emailFailedTotal,
  emailSendLatencyMs,
} from "./metrics";
import type { OutgoingMail } from "./prisma/client";
import { defineJob, enqueue, type Schedule } from "./queue";

const SECOND_MS = 1_000;
const FIRST_DELAY_MS = 5 * SECOND_MS;
const DELAY_MS_MAX = 600 * SECOND_MS;
const GIVE_UP_AFTER_MS = 3 * 86_400 * SECOND_MS;
const KEEP_OUTBOX_MS = 30 * 86_400 * SECOND_MS;
const ERROR_LENGTH_MAX = 200;

const GIVEN_UP = { status: "failed", textBody: "", htmlBody: "" } as const;

const log = logger("mail");
let driver: MailDriver | undefined;

/** Forgets the driver's connection; the next delivery opens a new one. */
export function resetMailDriver(): void {
  driver = undefined;
}

/** Sends one queued mail, or plans the next try. A mail that is already sent is left alone. */
export async function deliverMail(mailId: string): Promise<void> {
  // Platform role: mail belongs to no tenant, and the worker acts for none.
  const mail = await platformDb().outgoingMail.findUnique({ where: { id: mailId } });
  if (mail?.status !== "queued") return;
  driver ??= mailDriver();
  const startedAtMs = performance.now();
  emailDeliveryAttemptsTotal.inc();
  try {
    await driver.send(messageOf(mail));
  } catch (error) {
    return postpone(mail, error);
  }
  emailSendLatencyMs.observe(performance.now() - startedAtMs);
  emailDeliveryLatencySeconds.observe((now().getTime() - mail.createdAt.getTime()) / SECOND_MS);
  const erased = driver.name === "outbox" ? {} : { textBody: "", htmlBody: "" };
  await platformDb().outgoingMail.update({
    where: { id: mail.id },
    data: { status: "sent", sentAt: now(), attempts: { increment: 1 }, lastError: null, ...erased },
  });
  log.info({ event: "mail.sent", template: mail.template, attempts: mail.attempts + 1 }, "mail sent");
}

async function postpone(mail: OutgoingMail, error: unknown): Promise<void> {
  const isOver = now().getTime() - mail.createdAt.getTime() > GIVE_UP_AFTER_MS;
  const lastError = (error instanceof Error ? error.message : String(error)).slice(0, ERROR_LENGTH_MAX);
  log.warn(
    { event: "mail.failed", template: mail.template, attempts: mail.attempts + 1, err: error },
    "mail failed",
  );
  await platformDb().$transaction(async (tx) => {
    await tx.outgoingMail.update({
      where: { id: mail.id },
      data: { attempts: { increment: 1 }, lastError, ...(isOver ? GIVEN_UP : {}) },
    });
    if (isOver) return;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(mail.attempts, 10), DELAY_MS_MAX);
    await enqueue(tx, MAIL_JOB, { mailId: mail.id }, { runAt: fromNow(delayMs), jobKey: `mail:${mail.id}` });
  });
  if (isOver) emailFailedTotal.inc();
}

/** Deletes what the outbox and the history keep no longer than needed. */
async function sweepMail(): Promise<void> {
  await platformDb().outgoingMail.deleteMany({ where: { createdAt: { lt: fromNow(-KEEP_OUTBOX_MS) } } });
}

function messageOf(mail: OutgoingMail) {
  return {
    id: mail.id,
    to: mail.recipient,
    subject: mail.subject,
    text: openBody(mail.id, "text", mail.textBody),
    html: openBody(mail.id, "html", mail.htmlBody),
  };
}

const sendMail = defineJob({
  name: MAIL_JOB,
  payload: z.object({ mailId: z.uuid() }),
  run: ({ mailId }) => deliverMail(mailId),
});

const sweep = defineJob({ name: "mail.sweep", payload: z.unknown(), run: sweepMail });

export const jobs = [sendMail, sweep];
export const schedules: Schedule[] = [{ cron: "17 3 * * *", job: sweep.name }];
