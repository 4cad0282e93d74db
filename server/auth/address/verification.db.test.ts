import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../../tests/factories/mails";
import { makeUser, signIn, type TestUser } from "../../../tests/factories/users";
import { violationsOf } from "../../../tests/factories/violations";
import { travel } from "../../platform/clock";
import { resetConfig } from "../../platform/config";
import { sha256 } from "../../platform/crypto";
import { db, platformDb } from "../../platform/db";
import { takeTurn } from "../links";
import { TEXT_RESENT, TEXT_UNVERIFIED } from "../terms";
import { issueVerification } from "./verification";

const HOUR_MS = 3_600_000;

afterEach(() => travel(0));

async function makePending(): Promise<TestUser & { link: string }> {
  const user = await makeUser({ isVerified: false });
  await db().$transaction((tx) => issueVerification(tx, user));
  return { ...user, link: await tokenMailedTo(user.email) };
}

const verify = (token: string) =>
  callAs()
    .api.email.verify({ token })
    .then(
      () => "verified",
      (error: { cause?: { details?: { reason?: string } } }) => error.cause?.details?.reason ?? "?",
    );

test("of thirty parallel confirmations with one link exactly one goes through", async () => {
  const { id, link } = await makePending();
  const answers = await Promise.all(Array.from({ length: 30 }, () => verify(link)));
  expect(answers.filter((answer) => answer === "verified")).toHaveLength(1);
  expect(answers.filter((answer) => answer === "token_used")).toHaveLength(29);
  const user = await db().user.findUniqueOrThrow({ where: { id } });
  expect(user).toMatchObject({ status: "active", emailVerifiedAt: expect.any(Date) });
  expect(await platformDb().auditLog.count({ where: { action: "email.verify", actorId: id } })).toBe(1);
});

test("a link is valid for 24 hours", async () => {
  const [early, late] = [await makePending(), await makePending()];
  travel(24 * HOUR_MS - 60_000);
  expect(await verify(early.link)).toBe("verified");
  travel(24 * HOUR_MS + 1_000);
  expect(await verify(late.link)).toBe("token_expired");
});

test("a newer link supersedes the older one", async () => {
  const { email, link } = await makePending();
  await callAs().api.email.resend({ email });
  expect(await verify(link)).toBe("token_invalid");
  expect(await verify(await tokenMailedTo(email))).toBe("verified");
});

test("a link is stored under the pepper, works after the pepper was rotated, and a link from before it works too", async () => {
  const [rotated, old] = [await makePending(), await makePending()];
  const stored = await db().emailVerification.findFirstOrThrow({ where: { userId: rotated.id } });
  const withoutPepper = (token: string) => new Uint8Array(sha256(`email-verification:${token}`));
  expect(Buffer.from(stored.secretHash)).not.toEqual(Buffer.from(withoutPepper(rotated.link)));
  await db().emailVerification.updateMany({
    where: { userId: old.id },
    data: { secretHash: withoutPepper(old.link) },
  });
  const peppers = process.env["PASSWORD_PEPPERS"] ?? "{}";
  const newKey = randomBytes(32).toString("base64");
  process.env["PASSWORD_PEPPERS"] = JSON.stringify({ ...JSON.parse(peppers), next: newKey });
  resetConfig();
  expect(await verify(rotated.link)).toBe("verified");
  expect(await verify(old.link)).toBe("verified");
  process.env["PASSWORD_PEPPERS"] = peppers;
  resetConfig();
});

test("two mails asked for at once leave one valid link", async () => {
  const { id, email } = await makePending();
  await Promise.all([callAs().api.email.resend({ email }), callAs().api.email.resend({ email })]);
  const open = { userId: id, consumedAt: null, supersededAt: null };
  expect(await db().emailVerification.count({ where: open })).toBe(1);
});

test("a link for an address that is no longer the account's confirms nothing", async () => {
  const { id, link } = await makePending();
  await db().user.update({ where: { id }, data: { email: `moved-${id}@elsewhere.example` } });
  expect(await verify(link)).toBe("token_invalid");
});

test("secrets that were never issued are refused, whatever they look like", async () => {
  for (const token of ["x", "\u0000", "\ud800", "' OR 1=1", "a".repeat(200)]) {
    expect(await verify(token)).toBe("token_invalid");
  }
  const { link } = await makePending();
  const stored = await db().emailVerification.findMany();
  expect(
    JSON.stringify(stored.map((row) => Buffer.from(row.secretHash).toString("base64url"))),
  ).not.toContain(link);
});

test("a mail has one link, in text and HTML alike, and fetches nothing", async () => {
  const { email } = await makePending();
  const [mail] = await mailsTo(email);
  expect(mail?.links).toHaveLength(1);
  expect(mail?.links[0]).toMatch(/^http:\/\/localhost:3000\/verify-email\?token=[\w-]{43}$/);
  const addresses = mail?.html.match(/https?:\/\/[^"\s<]+/g);
  expect(addresses).toEqual(mail?.links);
  expect(mail?.html).not.toMatch(/<img|<link|<script|url\(/i);
});

test("asking again is answered alike for pending, confirmed and unknown addresses, with the same rows", async () => {
  const pending = await makePending();
  const confirmed = await makeUser();
  const outcomes = [];
  for (const email of [pending.email, confirmed.email, "never-seen@nowhere.example"]) {
    const mailsBefore = await db().outgoingMail.count();
    const auditsBefore = await platformDb().auditLog.count({ where: { action: "email.resend" } });
    const { api, info } = callAs();
    const answer = await api.email.resend({ email });
    outcomes.push({
      answer,
      cookies: info.reply.cookies,
      limit: info.reply.limit?.name,
      remaining: info.reply.limit?.remaining,
      mails: (await db().outgoingMail.count()) - mailsBefore,
      audits: (await platformDb().auditLog.count({ where: { action: "email.resend" } })) - auditsBefore,
    });
  }
  expect(outcomes[0]).toMatchObject({ answer: { message: TEXT_RESENT }, mails: 1, audits: 1 });
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
  expect((await mailsTo(confirmed.email)).map(({ status }) => status)).toEqual(["suppressed"]);
});

test("three mails an hour are the limit for an address, known or not", async () => {
  const { email } = await makePending();
  for (const address of [email, "unknown-limit@nowhere.example"]) {
    for (let mail = 0; mail < 3; mail += 1) await callAs().api.email.resend({ email: address });
    const before = await violationsOf("resend");
    const fourth = callAs().api.email.resend({ email: address });
    await expect(fourth).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    expect(await violationsOf("resend"), "counted for the metrics").toBe(before + 1);
  }
});

test("a signed-in person need not name the address; a visitor must", async () => {
  const pending = await makePending();
  const { cookie } = await signIn(pending);
  await callAs({ cookie }).api.email.resend({});
  expect(await mailsTo(pending.email)).toHaveLength(2);
  await expect(callAs().api.email.resend({})).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("an unverified person reaches what leads to confirming, and is told so elsewhere", async () => {
  const pending = await makePending();
  const { cookie } = await signIn(pending);
  expect(await callAs({ cookie }).api.auth.me()).toMatchObject({ emailVerified: false });
  const refused = callAs({ cookie }).api.tenants.create({ name: "Too Early" });
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", message: TEXT_UNVERIFIED });
  expect(await verify(pending.link)).toBe("verified");
  const { cookie: afterwards } = await signIn(pending);
  expect(await callAs({ cookie: afterwards }).api.auth.me()).toMatchObject({ emailVerified: true });
  await callAs({ cookie: afterwards }).api.tenants.create({ name: "Now Then" });
});

const signedOut = { code: "UNAUTHORIZED" };

test("confirming ends all sessions, so that whoever registered somebody else's address has none that is confirmed", async () => {
  const [pending, bystander] = [await makePending(), await makeUser()];
  const [squatter, other] = [await signIn(pending), await signIn(bystander)];
  const { api, info } = callAs({ cookie: other.cookie });
  await api.email.verify({ token: pending.link });
  expect(info.reply.cookies).toEqual([]);
  await expect(callAs({ cookie: squatter.cookie }).api.auth.me()).rejects.toMatchObject(signedOut);
  await expect(callAs({ cookie: other.cookie }).api.auth.me()).resolves.toMatchObject({
    emailVerified: true,
  });
  const row = await db().session.findUniqueOrThrow({ where: { id: squatter.session.sessionId } });
  expect(row.revokedReason).toBe("email_verified");
  const where = { action: "email.verify", actorId: pending.id };
  expect(await platformDb().auditLog.findFirst({ where })).toMatchObject({ metadata: { endedSessions: 1 } });
});

test("a browser that is signed in when it confirms goes on under a new session id", async () => {
  const pending = await makePending();
  const [squatter, own] = [await signIn(pending), await signIn(pending)];
  const { api, info } = callAs({ cookie: own.cookie });
  await api.email.verify({ token: pending.link });
  const [cookie = ""] = info.reply.cookies.map((header) => header.split(";")[0] ?? "");
  expect(cookie).not.toBe(own.cookie);
  await expect(callAs({ cookie }).api.auth.me()).resolves.toMatchObject({ emailVerified: true });
  for (const ended of [own, squatter]) {
    await expect(callAs({ cookie: ended.cookie }).api.auth.me()).rejects.toMatchObject(signedOut);
  }
});

test("an old link that is used while a new one is issued waits for it, and the new one works", async () => {
  const { id, email, link } = await makePending();
  const isWaiting = async () => {
    const waiting = await platformDb().$queryRaw<unknown[]>`
      SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`;
    return waiting.length > 0;
  };
  const used = await db().$transaction(async (tx) => {
    await takeTurn(tx, id);
    const answer = verify(link);
    await expect.poll(isWaiting).toBe(true);
    await issueVerification(tx, { id, email });
    return { answer };
  });
  expect(await used.answer).toBe("token_invalid");
  expect(await verify(await tokenMailedTo(email))).toBe("verified");
});
