import { afterEach, expect, test } from "vitest";
import { mailsTo } from "../../../tests/factories/mails";
import { GOOD_PASSWORD, makeUser } from "../../../tests/factories/users";
import { captchaChallenge } from "../../platform/captcha";
import { travel } from "../../platform/clock";
import { resetConfig } from "../../platform/config";
import { internalRequest } from "../../request";
import { checkCredentials } from "./credentials";

const WRONG = "not-the-password-at-all";

afterEach(() => {
  travel(0);
  use({ CAPTCHA_PROVIDER: "none", AUTH_IP_LOCKOUT_FAILURES: "10000" });
});

function use(settings: Record<string, string>): void {
  Object.assign(process.env, settings);
  resetConfig();
}

const attempt = (email: string, password: string, captchaToken?: string, ip = "192.0.2.1") =>
  checkCredentials({ email, password, captchaToken }, internalRequest({ ip })).then(
    () => "ok",
    (error: { details: { reason: string } }) => error.details.reason,
  );
const solved = () => {
  const challenge = captchaChallenge("login");
  return challenge.provider === "simulated" ? challenge.token : "";
};

test("after three failures the fourth needs a captcha, known address or not; then the lock holds", async () => {
  use({ CAPTCHA_PROVIDER: "simulated" });
  for (const email of [(await makeUser()).email, "unknown@captcha.example"]) {
    for (let n = 0; n < 3; n += 1) expect(await attempt(email, WRONG)).toBe("invalid_credentials");
    expect(await attempt(email, GOOD_PASSWORD)).toBe("captcha_required");
    for (let n = 0; n < 2; n += 1) expect(await attempt(email, WRONG, solved())).toBe("invalid_credentials");
    expect(await attempt(email, GOOD_PASSWORD)).toBe("captcha_required");
    expect(await attempt(email, GOOD_PASSWORD, solved())).toBe("account_locked");
  }
});

test("a lock is mailed once; for an unknown address the mail is written and not sent", async () => {
  const { email } = await makeUser();
  for (const address of [email, "unknown@lockout.example"]) {
    await Promise.all(Array.from({ length: 30 }, () => attempt(address, WRONG)));
    expect(await mailsTo(address)).toMatchObject([
      { template: "lockout", status: address === email ? "queued" : "suppressed" },
    ]);
  }
});

test("failures of a network block it for ten minutes, whoever they were for", async () => {
  use({ AUTH_IP_LOCKOUT_FAILURES: "4" });
  const { email } = await makeUser();
  for (let n = 0; n < 4; n += 1)
    await attempt(`nobody-${n}@block.example`, WRONG, undefined, `198.51.100.${n}`);
  expect(await attempt(email, GOOD_PASSWORD, undefined, "198.51.100.200")).toBe("rate_limited");
  expect(await attempt(email, GOOD_PASSWORD, undefined, "198.51.101.1")).toBe("ok");
  travel(601_000);
  expect(await attempt(email, GOOD_PASSWORD, undefined, "198.51.100.200")).toBe("ok");
});
