// The last block that a start prints: where Parley is, who may sign in, and what is only simulated.

export interface StartSummary {
  url: string;
  signIns: string[];
  /** Of the simulated Stripe; null where a real one, or none, is used. */
  stripeUrl: string | null;
}

export function printSummary({ url, signIns, stripeUrl }: StartSummary): void {
  const simulated = simulatedLines(url, stripeUrl);
  console.log(`\nParley runs at ${url}\n`);
  if (signIns.length > 0)
    console.log(`Sign in (passwords generated for this copy):\n  ${signIns.join("\n  ")}\n`);
  if (simulated.length > 0) console.log(`Simulated:\n  ${simulated.join("\n  ")}\n`);
  console.log("Ctrl-C stops everything.\n");
}

function simulatedLines(url: string, stripeUrl: string | null): string[] {
  const hasMail = process.env["SMTP_URL"] || process.env["RESEND_API_KEY"];
  const hasModel = process.env["OPENAI_API_KEY"] || process.env["OPENAI_BASE_URL"];
  const captcha =
    process.env["CAPTCHA_PROVIDER"] ?? (process.env["TURNSTILE_SECRET_KEY"] ? "turnstile" : "simulated");
  return [
    ...(captcha === "simulated"
      ? ["captcha   a checkbox stands in (set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY)"]
      : []),
    ...(hasModel ? [] : ["models    a scripted demo model answers (set OPENAI_API_KEY or OPENAI_BASE_URL)"]),
    ...(hasMail
      ? []
      : [`mail      nothing is sent; read it at ${url}/dev/mail (set SMTP_URL or RESEND_API_KEY)`]),
    ...(stripeUrl
      ? [`payments  Stripe is simulated at ${stripeUrl}: no money moves (set STRIPE_SECRET_KEY)`]
      : []),
  ];
}
