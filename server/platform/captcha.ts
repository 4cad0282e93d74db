// A captcha: proof that somebody, not a script, is at the door. One port, three drivers: Turnstile; a simulated one
// outside production; none, by explicit setting. A token proves once, for the action it was made for.

import { captchaTokenFor, isSimulatedToken } from "./captcha-simulated";
import { askTurnstile } from "./captcha-turnstile";
import { config } from "./config";
import { sha256 } from "./crypto";
import { AppError } from "./errors";
import { logger } from "./logger";
import { authCaptchaChallengesTotal, authCaptchaResultsTotal } from "./metrics";
import { consumeLimits, sharedStore } from "./rate-limit";

/** What somebody wants to do; a token of one action is no use for another. */
export type CaptchaAction = "login" | "register" | "request_access" | "two_factor" | "forgot_password";

/** What a page needs to ask: nothing, Turnstile's site key, or the simulated one's token behind its checkbox. */
export type CaptchaChallenge =
  | { provider: "none" }
  | { provider: "turnstile"; action: CaptchaAction; siteKey: string }
  | { provider: "simulated"; action: CaptchaAction; token: string };

/** T-4. */
export const TEXT_CAPTCHA = "Captcha required.";
const TEXT_UNREACHABLE = "The captcha could not be checked. Please try again in a moment.";
const RETRY_AFTER_SECONDS = 10;
/** Longer than any driver's token lives. */
const TOKEN_REMEMBERED_SECONDS = 900;
const OPEN_LIMIT = { name: "captcha-open.ip", points: 3, windowSeconds: 900 };

const log = logger("captcha");

// Development's stand-in asks only where guessing has begun.
function isCaptchaDemanded(): boolean {
  const { provider, isAssumed } = config().captcha;
  return provider !== "none" && !isAssumed;
}

/** Whether there is any captcha to ask for. */
export function hasCaptcha(): boolean {
  return config().captcha.provider !== "none";
}

/** Says once that this process runs without one. */
export function warnWithoutCaptcha(): void {
  if (config().isProduction && !hasCaptcha()) log.warn({ event: "captcha.none" }, "CAPTCHA_PROVIDER is none");
}

/** What the page of an action shows. Made for one page view. */
export function captchaChallenge(action: CaptchaAction): CaptchaChallenge {
  const { provider, siteKey } = config().captcha;
  if (!asksAfterGuesses(action) && !isCaptchaDemanded()) return { provider: "none" };
  if (provider === "simulated") return { provider, action, token: captchaTokenFor(action) };
  return provider === "turnstile" && siteKey ? { provider, action, siteKey } : { provider: "none" };
}

// These ask where guessing has begun, whichever driver there is.
function asksAfterGuesses(action: CaptchaAction): boolean {
  return action === "login" || action === "two_factor";
}

/** The captcha of a door that asks everybody. Throws what `checkCaptcha` throws. */
export async function requireCaptcha(
  token: string | undefined,
  action: CaptchaAction,
  request: { ip: string },
): Promise<void> {
  if (isCaptchaDemanded()) await checkCaptcha(token, action, request);
}

/**
 * Uses a token up. Throws `invalid` (T-4, captcha_required) when it is missing, wrong or used; `unavailable` when the
 * provider cannot be asked, unless CAPTCHA_FAIL_OPEN lets a few pass.
 */
export async function checkCaptcha(
  token: string | undefined,
  action: CaptchaAction,
  request: { ip: string },
): Promise<void> {
  if (!hasCaptcha()) return;
  if (token === undefined || token === "") {
    authCaptchaChallengesTotal.inc();
    throw captchaRequired();
  }
  const verdict = (await isFirstUse(token)) ? await judge(token, action, request.ip) : "refused";
  authCaptchaResultsTotal.inc({ result: verdict });
  if (verdict === "refused") throw captchaRequired();
  if (verdict === "unreachable") await passDuringOutage(request.ip);
}

function captchaRequired(): AppError {
  return new AppError("invalid", TEXT_CAPTCHA, {
    reason: "captcha_required",
    fields: { captchaToken: TEXT_CAPTCHA },
  });
}

async function judge(token: string, action: CaptchaAction, ip: string) {
  if (config().captcha.provider === "turnstile") return askTurnstile(token, action, ip);
  return isSimulatedToken(token, action) ? "passed" : "refused";
}

// Consumed before it is judged. A store that is away throws: a token is never taken twice for want of a memory.
async function isFirstUse(token: string): Promise<boolean> {
  const key = sha256(token).toString("base64url");
  const memory = { name: "captcha.token", key, points: 1, windowSeconds: TOKEN_REMEMBERED_SECONDS };
  const [window] = await sharedStore().hit([memory]);
  return window?.hits === 1;
}

async function passDuringOutage(ip: string): Promise<void> {
  const state = config().captcha.failsOpen ? await consumeLimits([{ ...OPEN_LIMIT, key: ip }]) : null;
  if (state?.allowed) return void log.warn({ event: "captcha.passed_unchecked" }, "captcha was not checked");
  throw new AppError("unavailable", TEXT_UNREACHABLE, {
    reason: "captcha_unavailable",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
