// Cloudflare Turnstile, asked on the server: https://developers.cloudflare.com/turnstile/get-started/server-side-validation/

import { z } from "zod";
import { config } from "./config";
import { logger } from "./logger";

const TIMEOUT_MS = 2_000;

const log = logger("captcha");

const answerSchema = z.object({
  success: z.boolean(),
  hostname: z.string().optional(),
  action: z.string().optional(),
  "error-codes": z.array(z.string()).default([]),
});
type Answer = z.output<typeof answerSchema>;

/** Asks whether a token is genuine, of this host and for this action. "unreachable": no answer within two seconds. */
export async function askTurnstile(
  token: string,
  action: string,
  ip: string,
): Promise<"passed" | "refused" | "unreachable"> {
  const answer = await ask(token, ip).catch((error: unknown) => {
    log.error({ event: "captcha.unreachable", err: error }, "Turnstile cannot be asked");
    return null;
  });
  if (answer === null) return "unreachable";
  const codes = answer["error-codes"];
  if (codes.some((code) => code.endsWith("input-secret"))) {
    log.error({ event: "captcha.misconfigured", codes }, "Turnstile refuses TURNSTILE_SECRET_KEY");
  }
  return answer.success && isOurs(answer, action) ? "passed" : "refused";
}

async function ask(token: string, ip: string): Promise<Answer> {
  const { verifyUrl, secretKey } = config().captcha;
  const response = await fetch(verifyUrl, {
    method: "POST",
    body: new URLSearchParams({ secret: secretKey ?? "", response: token, remoteip: ip }),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  return answerSchema.parse(await response.json());
}

// Test keys answer for a made-up host; a stand-in outside production may leave out what it does not know.
function isOurs({ hostname, action }: Answer, wanted: string): boolean {
  if (config().captcha.isTestKey) return true;
  const isOptional = !config().isProduction;
  const isHost = hostname === undefined ? isOptional : hostname === config().appUrl.hostname;
  return isHost && (action === undefined ? isOptional : action === wanted);
}
