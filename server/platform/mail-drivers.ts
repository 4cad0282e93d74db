// The ways out: SMTP, Resend's HTTP interface, and, outside production, an outbox that sends nothing and is read at
// /dev/mail. A driver throws when the mail was not taken; the same mail may come twice and keeps its id.

import { createTransport } from "nodemailer";
import { config } from "./config";

export interface OutgoingMessage {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface MailDriver {
  name: "outbox" | "smtp" | "resend";
  send(message: OutgoingMessage): Promise<void>;
}

const TIMEOUT_MS = 15_000;
const RESEND_URL = "https://api.resend.com/emails";

/** The driver of this configuration. */
export function mailDriver(): MailDriver {
  const { driver, smtpUrl, resendApiKey, from } = config().mail;
  if (driver === "smtp" && smtpUrl !== null) return smtpDriver(smtpUrl, from);
  if (driver === "resend" && resendApiKey !== null) return resendDriver(resendApiKey, from);
  return { name: "outbox", send: async () => {} };
}

function smtpDriver(url: string, from: string): MailDriver {
  const transport = createTransport(url, {
    from,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: "smtp",
    send: async ({ id, to, subject, text, html }) => {
      const messageId = `<${id}@${config().appUrl.hostname}>`;
      const sent = transport.sendMail({ messageId, to: { name: "", address: to }, subject, text, html });
      await within(TIMEOUT_MS, sent);
    },
  };
}

function resendDriver(apiKey: string, from: string): MailDriver {
  return {
    name: "resend",
    send: async ({ id, to, subject, text, html }) => {
      const response = await fetch(RESEND_URL, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${apiKey}`,
          "Content-Type": "application/json",
          "Idempotency-Key": id,
        },
        body: JSON.stringify({ from, to: [to], subject, text, html }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      // Nothing more is read; whether letting go of it succeeds decides nothing.
      response.body?.cancel().catch(() => undefined);
      if (!response.ok) throw new Error(`the mail service answered ${response.status}`);
    },
  };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the mail server did not answer in time")), timeoutMs);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
