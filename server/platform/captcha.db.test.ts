import { randomBytes } from "node:crypto";
import { delay, HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type CaptchaAction, captchaChallenge, checkCaptcha, requireCaptcha } from "./captcha";
import { travel } from "./clock";
import { resetConfig } from "./config";
import { registry } from "./metrics";

const VERIFY_URL = "https://verify.example/siteverify";
const MINUTE_MS = 60_000;
const turnstile = setupServer();

beforeAll(() => turnstile.listen({ onUnhandledRequest: "error" }));
beforeEach(() => use({ CAPTCHA_PROVIDER: "turnstile" }));
afterEach(() => {
  turnstile.resetHandlers();
  travel(0);
  use({ CAPTCHA_PROVIDER: "none" });
});
afterAll(async () => {
  turnstile.close();
});

function use(settings: Record<string, string>): void {
  Object.assign(process.env, {
    TURNSTILE_SITE_KEY: "site-key",
    TURNSTILE_SECRET_KEY: "secret-key",
    TURNSTILE_VERIFY_URL: VERIFY_URL,
    CAPTCHA_FAIL_OPEN: "false",
    ...settings,
  });
  resetConfig();
}

/** What Cloudflare is made to answer; the forms it was sent. */
function answering(answer: object | number): URLSearchParams[] {
  const received: URLSearchParams[] = [];
  turnstile.use(
    // why: Cloudflare's siteverify cannot be reached from tests, and real tokens need a browser.
    http.post(VERIFY_URL, async ({ request }) => {
      received.push(new URLSearchParams(await request.text()));
      return typeof answer === "number"
        ? new HttpResponse(null, { status: answer })
        : HttpResponse.json(answer);
    }),
  );
  return received;
}

const newToken = () => randomBytes(30).toString("base64url");
const genuine = { success: true, hostname: "localhost", action: "login" };

async function outcome(token: string | undefined, action: CaptchaAction = "login", ip = "192.0.2.7") {
  return checkCaptcha(token, action, { ip }).then(
    () => "passed",
    (error: { details: { reason: string } }) => error.details.reason,
  );
}

test("a genuine token passes, and Turnstile is told secret, token and address", async () => {
  const received = answering(genuine);
  const token = newToken();
  expect(await outcome(token)).toBe("passed");
  expect(Object.fromEntries(received[0] ?? [])).toEqual({
    secret: "secret-key",
    response: token,
    remoteip: "192.0.2.7",
  });
});

test("a missing token is refused with T-4 at its field, and counted", async () => {
  const before = await challengesCounted();
  await expect(checkCaptcha(undefined, "login", { ip: "192.0.2.7" })).rejects.toMatchObject({
    code: "invalid",
    message: "Captcha required.",
    details: { reason: "captcha_required", fields: { captchaToken: "Captcha required." } },
  });
  expect(await outcome("")).toBe("captcha_required");
  expect(await challengesCounted()).toBe(before + 2);
});

test.each([
  ["a token that Turnstile refuses", { success: false, "error-codes": ["invalid-input-response"] }],
  ["a token of another site", { ...genuine, hostname: "evil.example" }],
  ["a token of another action", { ...genuine, action: "register" }],
])("%s is refused", async (_case, answer) => {
  answering(answer);
  expect(await outcome(newToken())).toBe("captcha_required");
});

test("a token passes once: of thirty at the same time exactly one", async () => {
  answering(genuine);
  const token = newToken();
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => outcome(token)));
  expect(outcomes.filter((result) => result === "passed")).toHaveLength(1);
  expect(outcomes.filter((result) => result === "captcha_required")).toHaveLength(29);
});

test("nobody passes while Turnstile is broken or silent for two seconds", async () => {
  answering(502);
  expect(await outcome(newToken())).toBe("captcha_unavailable");
  // why: an outage that hangs is the one that costs; the door must not wait with it.
  turnstile.use(http.post(VERIFY_URL, () => delay("infinite")));
  const startedAt = performance.now();
  expect(await outcome(newToken())).toBe("captcha_unavailable");
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

test("with CAPTCHA_FAIL_OPEN three requests of an address pass unchecked, and no more", async () => {
  use({ CAPTCHA_PROVIDER: "turnstile", CAPTCHA_FAIL_OPEN: "true" });
  answering(503);
  const ip = "192.0.2.99";
  const outcomes = [];
  for (let round = 0; round < 4; round += 1) outcomes.push(await outcome(newToken(), "login", ip));
  expect(outcomes).toEqual(["passed", "passed", "passed", "captcha_unavailable"]);
  answering({ success: false });
  expect(await outcome(newToken(), "login", "192.0.2.98")).toBe("captcha_required");
});

test("the simulated captcha passes its own token once, for its action, for ten minutes", async () => {
  use({ CAPTCHA_PROVIDER: "simulated" });
  const issued = () => {
    const challenge = captchaChallenge("login");
    return challenge.provider === "simulated" ? challenge.token : "";
  };
  const token = issued();
  expect(await outcome(token)).toBe("passed");
  expect(await outcome(token)).toBe("captcha_required");
  expect(await outcome(issued(), "register")).toBe("captcha_required");
  expect(await outcome(`${issued()}x`)).toBe("captcha_required");
  expect(await outcome("a.b.c")).toBe("captcha_required");
  const old = issued();
  travel(11 * MINUTE_MS);
  expect(await outcome(old)).toBe("captcha_required");
});

test("a door for everybody asks with a chosen provider, and not with development's stand-in", async () => {
  const ask = () => requireCaptcha(undefined, "register", { ip: "192.0.2.7" });
  await expect(ask()).rejects.toMatchObject({ details: { reason: "captcha_required" } });
  use({ CAPTCHA_PROVIDER: "simulated" });
  await expect(ask()).rejects.toMatchObject({ details: { reason: "captcha_required" } });
  use({ CAPTCHA_PROVIDER: "", TURNSTILE_SITE_KEY: "", TURNSTILE_SECRET_KEY: "" });
  await ask();
  use({ CAPTCHA_PROVIDER: "none" });
  await ask();
  expect(captchaChallenge("register")).toEqual({ provider: "none" });
});

async function challengesCounted(): Promise<number> {
  const metric = await registry.getSingleMetric("auth_captcha_challenges_total")?.get();
  return metric?.values[0]?.value ?? 0;
}
