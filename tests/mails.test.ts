// @vitest-environment jsdom
// Every mail of every room, rendered: what its reader sees, in text and HTML alike.

import { readdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import * as identity from "../server/auth/emails";
import type { Mail } from "../server/auth/mail-layout";
import * as payments from "../server/billing/emails";
import * as reserve from "../server/billing/money/emails";
import * as leaving from "../server/lifecycle/emails";
import * as people from "../server/members/emails";
import * as secondFactor from "../server/mfa/emails";
import * as supportAccess from "../server/support-access/emails";
import * as money from "../server/wallet/emails";

// why: the configuration is whole or refused, and no mail asks a database.
vi.hoisted(() => {
  for (const name of ["DATABASE_URL", "DATABASE_PLATFORM_URL"])
    process.env[name] = "postgresql://nowhere/none";
});

const AT = new Date("2026-02-03T04:05:06Z");
const TOKEN = "raw-secret_of-a-link";
const SEEN = { device: "Firefox on Linux", place: "Zürich, CH", at: AT };
const TENANT = { id: "no-id", slug: "quiet-meadow", name: 'Quiet "Meadow" & Sons' };
const QUESTION = { operatorName: "Olga Operator", reason: 'They wrote: "help" & <b>more</b>' };
const PAID = { amountNano: 50_000_000_000n };
const WORDS = { tenantName: "Quiet & <Meadow>", inviterName: "Robin\n Reed" };
const ROOMS = {
  auth: identity,
  billing: payments,
  "billing/money": reserve,
  mfa: secondFactor,
  lifecycle: leaving,
  members: people,
  "support-access": supportAccess,
  wallet: money,
};

const MAILS: Record<string, Mail[]> = {
  verificationMail: [identity.verificationMail(TOKEN)],
  alreadyRegisteredMail: [identity.alreadyRegisteredMail()],
  signupInviteMail: [identity.signupInviteMail(TOKEN, 7)],
  newDeviceMail: [
    identity.newDeviceMail(SEEN),
    identity.newDeviceMail({ ...SEEN, place: null }),
    identity.newDeviceMail({ ...SEEN, place: "unknown" }),
  ],
  passwordResetMail: [identity.passwordResetMail(TOKEN)],
  passwordChangedMail: [identity.passwordChangedMail(AT)],
  lockoutMail: [identity.lockoutMail(AT)],
  emailChangeMail: [identity.emailChangeMail(TOKEN)],
  emailChangeNoticeMail: [identity.emailChangeNoticeMail("o'neil+<b>&co@example.test", TOKEN)],
  addressTakenMail: [identity.addressTakenMail()],
  enabledMail: [secondFactor.enabledMail()],
  disabledMail: [secondFactor.disabledMail(), secondFactor.disabledMail(true)],
  recoveryCodeUsedMail: [9, 2, 1, 0].map(secondFactor.recoveryCodeUsedMail),
  tenantDeletionMail: [
    leaving.tenantDeletionMail("Müller & <Söhne>", { dueAt: AT, paidUntil: null }),
    leaving.tenantDeletionMail("Müller & <Söhne>", { dueAt: AT, paidUntil: AT }),
  ],
  tenantRestoredMail: [
    leaving.tenantRestoredMail("Müller & <Söhne>", null),
    leaving.tenantRestoredMail("Müller & <Söhne>", "goes_on"),
    leaving.tenantRestoredMail("Müller & <Söhne>", "ended"),
  ],
  tenantErasedMail: [leaving.tenantErasedMail("Müller & <Söhne>")],
  lockedMail: [secondFactor.lockedMail()],
  inviteMail: [
    people.inviteMail({ token: TOKEN, role: "admin", ...WORDS }),
    people.inviteMail({ token: TOKEN, role: "viewer", ...WORDS, message: "Join us,\n\nplease <b>do</b>!" }),
  ],
  removedMail: [people.removedMail(WORDS.tenantName)],
  ownershipMail: [people.ownershipMail({ name: WORDS.tenantName, slug: "quiet-meadow" })],
  exportReadyMail: [leaving.exportReadyMail()],
  deletionMail: [leaving.deletionMail(TOKEN, AT)],
  askedMail: [
    supportAccess.askedMail(TENANT, { ...QUESTION, scope: "metadata", hours: 1 }),
    supportAccess.askedMail(TENANT, { ...QUESTION, scope: "content", hours: 24 }),
  ],
  approvedMail: [supportAccess.approvedMail(TENANT, AT)],
  declinedMail: [supportAccess.declinedMail(TENANT)],
  deletionCancelledMail: [leaving.deletionCancelledMail()],
  alarmMail: ["low_balance", "depleted", "cap_reached", "quota", "overshoot", "cap", "member_cap"].map(
    (kind) => money.alarmMail({ kind, threshold: 80, workspace: { name: "O'Neil & Söhne", slug: "oneil" } }),
  ),
  askedForMoreMail: [null, 'For the "report",\n\n<b>please</b>'].map((note) =>
    money.askedForMoreMail(TENANT, { name: "Robin Reed", extraNano: 1_500_000_000n, note }),
  ),
  requestDecidedMail: (["accept", "decline"] as const).map((decision) =>
    money.requestDecidedMail(TENANT, { extraNano: 1_500_000_000n }, decision),
  ),
  paymentFailedMail: [null, AT].map((graceEndsAt) => payments.paymentFailedMail(TENANT, { graceEndsAt })),
  trialRefusedMail: [payments.trialRefusedMail(TENANT)],
  subscriptionEndedMail: [payments.subscriptionEndedMail(TENANT, { planName: "Pro" })],
  trialEndsMail: [true, false].map((isPaidAfter) =>
    payments.trialEndsMail(TENANT, { planName: "Starter", endsAt: AT, isPaidAfter }),
  ),
  receiptMail: [true, false].map((isAutomatic) =>
    reserve.receiptMail(TENANT, { ...PAID, balanceNano: 75_000_000_000n, isAutomatic, id: "pi_no_id" }),
  ),
  takenBackMail: [true, false].flatMap((isDispute) =>
    [PAID.amountNano, -PAID.amountNano].map((amountNano) =>
      reserve.takenBackMail(TENANT, { amountNano, balanceNano: amountNano, isDispute }),
    ),
  ),
  autoTopUpMail: (["declined", "paused", "needs_action", "no_payment_method", "ceiling"] as const).map(
    (trouble) => reserve.autoTopUpMail(TENANT, { amountCents: 5_000, trouble }),
  ),
  booksMail: [1, 12].map((count) =>
    money.booksMail(
      Array.from({ length: count }, () => ({ tenantId: "no-id", fault: "a spend counter is off" })),
    ),
  ),
};
const EACH = Object.entries(MAILS).flatMap(([name, mails]) => mails.map((mail) => ({ name, mail })));
const LINK = /https?:\/\/\S+/g;

const documentOf = ({ html }: Mail) => new DOMParser().parseFromString(html, "text/html");
const plain = (text: string | null) => (text ?? "").replace(/\s+/g, " ").trim();

test("no mail of any room is missing here", () => {
  const rooms = readdirSync("server", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("/emails.tsx"))
    .map((path) => path.replace("/emails.tsx", ""));
  expect(Object.keys(ROOMS).sort()).toEqual(rooms.sort());
  const exported = Object.values(ROOMS).flatMap((room) => Object.keys(room));
  expect(Object.keys(MAILS).sort()).toEqual(exported.sort());
});

test("no two mails go by the same template", () => {
  const templates = Object.values(MAILS).flatMap((mails) => [
    ...new Set(mails.map(({ template }) => template)),
  ]);
  expect(templates).toEqual([...new Set(templates)]);
});

test.each(EACH)("$name says the same in text and HTML", ({ mail }) => {
  const page = documentOf(mail);
  const blocks = [...page.querySelectorAll("h1, h1 ~ p, h1 ~ a, p.muted")].map((element) =>
    element instanceof HTMLAnchorElement
      ? `${plain(element.textContent)}: ${element.getAttribute("href")}`
      : plain(element.textContent),
  );
  expect(mail.text.split("\n\n").map(plain)).toEqual([...blocks, "-- Parley"]);
  expect(page.title).toBe(mail.subject);
});

test.each(EACH)("$name has at most one link, to this installation", ({ mail }) => {
  const hrefs = [...documentOf(mail).querySelectorAll("[href]")].map((link) => link.getAttribute("href"));
  expect(hrefs.length).toBeLessThanOrEqual(1);
  expect(mail.text.match(LINK) ?? []).toEqual(hrefs);
  for (const href of hrefs) expect(new URL(href ?? "").origin).toBe("http://localhost:3000");
});

test.each(EACH)("$name fetches nothing and runs nothing", ({ mail }) => {
  const page = documentOf(mail);
  expect(
    page.querySelector("img, picture, video, script, link, iframe, object, form, base, [src]"),
  ).toBeNull();
  expect(mail.html).not.toMatch(/url\(|@import|@font-face|\son\w+=/i);
  expect(mail.html.replaceAll("http://localhost:3000/", "")).not.toMatch(/(https?:)?\/\/\w/);
});

test.each(EACH)("$name has whole sentences and nothing left out", ({ mail }) => {
  for (const text of [mail.subject, mail.text, mail.html]) {
    expect(text).not.toMatch(/undefined|\[object|NaN|Invalid Date|\bnull\b|TODO|\$\{/);
  }
  expect(mail.subject).toMatch(/^\S.{5,77}$/);
  const sentences = mail.text
    .split("\n\n")
    .slice(1, -1)
    .filter((block) => !block.includes("\n"));
  expect(sentences.length).toBeGreaterThanOrEqual(2);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z0-9].{10,}[.]$/);
  expect(mail.text).not.toMatch(/ {2}|\.\.| [.,;:]|\( *\)/);
});

test("a lock and a new device are told in the agreed words", () => {
  const heading = (mail: Mail | undefined) =>
    mail && plain(documentOf(mail).querySelector("h1")?.textContent ?? "");
  const [locked] = MAILS["lockoutMail"] ?? [];
  expect(locked?.subject).toBe("Account temporarily locked due to multiple failed attempts.");
  expect(heading(locked)).toBe("Account temporarily locked due to multiple failed attempts.");
  for (const seen of MAILS["newDeviceMail"] ?? []) {
    expect(seen.subject).toBe("New sign-in detected.");
    expect(heading(seen)).toBe("New sign-in detected.");
  }
});
