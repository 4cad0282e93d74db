// The last block that a start prints: where Parley is, who may sign in, and what is only simulated. What is simulated is
// asked of the configuration that the application runs with.
import type { Config } from "../server/platform/config";

export interface StartSummary {
  url: string;
  signIns: string[];
  /** Of the simulated Stripe; null where a real one, or none, is used. */
  stripeUrl: string | null;
}

/** The block as it is printed. */
export function summaryText({ url, signIns, stripeUrl }: StartSummary, config: Config): string {
  const simulated = simulatedLines(url, stripeUrl, config);
  return [
    `\nParley runs at ${url}\n`,
    ...(signIns.length > 0
      ? [`Sign in (passwords generated for this copy):\n  ${signIns.join("\n  ")}\n`]
      : []),
    ...(simulated.length > 0 ? [`Simulated:\n  ${simulated.join("\n  ")}\n`] : []),
    "Ctrl-C stops everything.\n",
  ].join("\n");
}

function simulatedLines(url: string, stripeUrl: string | null, { captcha, mail, model }: Config): string[] {
  return [
    ...(captcha.provider === "simulated"
      ? ["captcha   a checkbox stands in (set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY)"]
      : []),
    ...(model.isDemo
      ? ["models    a scripted demo model answers (set OPENAI_API_KEY or OPENAI_BASE_URL)"]
      : []),
    ...(mail.driver === "outbox"
      ? [`mail      nothing is sent; read it at ${url}/dev/mail (${mailRemedy(mail)})`]
      : []),
    ...(stripeUrl
      ? [`payments  Stripe is simulated at ${stripeUrl}: no money moves (set STRIPE_SECRET_KEY)`]
      : []),
  ];
}

function mailRemedy({ smtpUrl, resendApiKey }: Config["mail"]): string {
  const hasWayOut = smtpUrl !== null || resendApiKey !== null;
  return hasWayOut ? "MAIL_DRIVER is outbox" : "set SMTP_URL or RESEND_API_KEY";
}
