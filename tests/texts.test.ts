// The texts that people read letter by letter as they were agreed, each wherever it is kept.

import { expect, test, vi } from "vitest";
import { lockoutMail, newDeviceMail } from "../server/auth/emails";
import * as identity from "../server/auth/terms";
import * as people from "../server/members/terms";
import * as secondFactor from "../server/mfa/terms";
import { TEXT_CAPTCHA } from "../server/platform/captcha";
import * as signup from "../server/signup/terms";
import { TEXT_FORBIDDEN } from "../server/tenants/terms";
import * as wallet from "../server/wallet/terms";

// why: the configuration is whole or refused, and no text asks a database.
vi.hoisted(() => {
  for (const name of ["DATABASE_URL", "DATABASE_PLATFORM_URL"])
    process.env[name] = "postgresql://nowhere/none";
});

const AT = new Date("2026-02-03T04:05:06Z");

test.each([
  [
    "T-1",
    "Registration almost done — check your email. The link is valid for 24 hours.",
    [identity.TEXT_REGISTERED],
  ],
  ["T-2", "You must confirm your registration first. We've sent you an email.", [identity.TEXT_UNVERIFIED]],
  ["T-3", "Invalid security code.", [secondFactor.TEXT_INVALID_CODE]],
  ["T-4", "Captcha required.", [TEXT_CAPTCHA]],
  ["T-5", "You don't have permission to perform this action.", [TEXT_FORBIDDEN]],
  [
    "T-6",
    "Your monthly spending limit has been reached. Adjust your limit to continue.",
    [wallet.TEXT_CAP_REACHED],
  ],
  ["T-7", "Email or password is incorrect.", [identity.TEXT_INVALID_CREDENTIALS]],
  ["T-8", "Too many failed login attempts. Try again in 5 minutes.", [identity.textLocked(5)]],
  [
    "T-9",
    "Account temporarily locked due to multiple failed attempts.",
    [identity.TEXT_LOCKOUT_MAIL, lockoutMail(AT).subject],
  ],
  [
    "T-10",
    "New sign-in detected.",
    [identity.TEXT_NEW_DEVICE, newDeviceMail({ device: "Firefox", place: null, at: AT }).subject],
  ],
  [
    "T-11",
    "If that email is registered, we've sent password reset instructions.",
    [identity.TEXT_RESET_REQUESTED],
  ],
  ["T-12", "Signed out of 3 sessions", [identity.textSignedOutEverywhere(3)]],
  ["T-13", "Password updated. Other sessions were signed out.", [identity.TEXT_PASSWORD_CHANGED]],
  ["T-14", "Invite is not valid", [signup.TEXT_INVITE_INVALID, people.TEXT_INVITE_INVALID]],
  ["T-15", "Invite has expired", [signup.TEXT_INVITE_EXPIRED, people.TEXT_INVITE_EXPIRED]],
  ["T-16", "Invite has already been used", [signup.TEXT_INVITE_USED, people.TEXT_INVITE_USED]],
  ["T-17", "Signup successful", [people.TEXT_INVITE_ACCEPTED]],
])("%s says “%s”", (_id, agreed, kept) => {
  for (const text of kept) expect(text).toBe(agreed);
});
