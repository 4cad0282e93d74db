// Who is kept out of registration: scripts, those without a captcha, those past the quotas.
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo } from "../../tests/factories/mails";
import { GOOD_PASSWORD } from "../../tests/factories/users";
import { TEXT_REGISTERED } from "../auth/terms";
import { findAccount } from "../auth/users";
import { captchaChallenge } from "../platform/captcha";
import { resetConfig } from "../platform/config";
import { sha256 } from "../platform/crypto";
import { registry } from "../platform/metrics";

afterEach(() => use({ CAPTCHA_PROVIDER: "none", SIGNUP_BLOCKED_AGENTS: "", SIGNUP_QUOTA_ALLOWLIST: "" }));

function use(settings: Record<string, string>): void {
  Object.assign(process.env, settings);
  resetConfig();
}

let lastPerson = 0;
const formOf = (more: Record<string, string> = {}) => {
  lastPerson += 1;
  const email = `door${lastPerson}@doors${lastPerson}.example`;
  return { email, password: GOOD_PASSWORD, name: "Ada Lovelace", ...more };
};

async function dropped(reason: string): Promise<number> {
  const metric = await registry.getSingleMetric("signup_blocked_total")?.get();
  return metric?.values.find(({ labels }) => labels["reason"] === reason)?.value ?? 0;
}

test("who fills in the field that people do not see is told the same, and nothing is registered", async () => {
  const before = await dropped("honeypot");
  const form = formOf({ website: "https://spam.example" });
  expect(await callAs().api.auth.register(form)).toEqual({ message: TEXT_REGISTERED });
  expect(await findAccount(form.email)).toBeNull();
  expect(await mailsTo(form.email)).toEqual([]);
  expect(await dropped("honeypot")).toBe(before + 1);
});

test("a user agent on the operator's list is dropped in the same way", async () => {
  const { api, info } = callAs();
  use({ SIGNUP_BLOCKED_AGENTS: sha256(info.userAgent).toString("hex") });
  const form = formOf();
  expect(await api.auth.register(form)).toEqual({ message: TEXT_REGISTERED });
  expect(await findAccount(form.email)).toBeNull();
  expect(await dropped("user_agent")).toBe(1);
});

test("with a captcha chosen, nobody registers without solving it", async () => {
  use({ CAPTCHA_PROVIDER: "simulated" });
  const form = formOf();
  await expect(callAs().api.auth.register(form)).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message: "Captcha required.",
    cause: { details: { reason: "captcha_required" } },
  });
  expect(await findAccount(form.email)).toBeNull();
  const challenge = captchaChallenge("register");
  const captchaToken = challenge.provider === "simulated" ? challenge.token : "";
  expect(await callAs().api.auth.register({ ...form, captchaToken })).toEqual({ message: TEXT_REGISTERED });
  await expect(callAs().api.auth.register({ ...form, captchaToken })).rejects.toMatchObject({
    message: "Captcha required.",
  });
});

test("an address registers twenty times an hour, with a time to wait; one on the list as often as it likes", async () => {
  const ip = "198.51.100.7";
  const tryOnce = () => callAs({ ip }).api.auth.register({ ...formOf(), password: "too short" });
  for (let round = 0; round < 20; round += 1) {
    await expect(tryOnce()).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
  await expect(tryOnce()).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    cause: { details: { reason: "rate_limited", retryAfterSeconds: expect.any(Number) } },
  });
  use({ SIGNUP_QUOTA_ALLOWLIST: "203.0.113.1, 198.51.100.0/24" });
  await expect(tryOnce()).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("a mail domain registers twenty times a day", async () => {
  const tryOnce = (n: number) =>
    callAs().api.auth.register({ ...formOf(), email: `p${n}@one-company.example`, password: "too short" });
  for (let n = 0; n < 20; n += 1) await expect(tryOnce(n)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(tryOnce(21)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
});
