import { createHash, randomBytes } from "node:crypto";
import { unzipSync } from "fflate";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { crashAtEveryStep } from "../../tests/factories/crashes";
import { mailsTo, tokenMailedTo } from "../../tests/factories/mails";
import { converse } from "../../tests/factories/messages";
import { makeOperator } from "../../tests/factories/operators";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { GOOD_PASSWORD, makeUser, signIn, type TestUser } from "../../tests/factories/users";
import { verifyChains } from "../audit/verify";
import { validateSession } from "../auth/sessions";
import { login } from "../mfa/sign-in";
import { travel } from "../platform/clock";
import { platformDb, platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { queueMail } from "../platform/mailer";
import { internalRequest } from "../request";
import { cancelDeletion } from "./deletion";
import { eraseDueAccounts } from "./erasure";
import { listExports, prepareExport, readExport, sweepExports } from "./exports";

const DAY_MS = 86_400_000;
const WHITE_PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

// Chained for good; ids of accounts that are no more name nobody.
const CHAINED = ["audit_logs.actor_id", "audit_logs.target_id"];

afterEach(() => travel(0));

async function leave(user: TestUser): Promise<string> {
  const { cookie } = await signIn(user);
  await callAs({ cookie }).api.account.delete({ confirmation: user.email });
  return tokenMailedTo(user.email, "account_deletion");
}

const exists = async (user: TestUser) => (await platformDb().user.count({ where: { id: user.id } })) === 1;

test("a copy holds everything of its owner and nothing of others, with hashes that fit", async () => {
  const tenant = await makeTenant({ owner: await makeUser({ displayName: "Ada Lovelace" }) });
  const { scope: colleague } = await addMember(tenant);
  await converse(tenant.scope, await makeConversation(tenant.scope), "Ada's question", {
    text: "Ada's answer",
  });
  await converse(colleague, await makeConversation(colleague), "Bob's question", { text: "Bob's answer" });
  const { session, cookie } = await signIn(tenant.owner);
  await callAs({ cookie }).api.account.setAvatar({ image: WHITE_PIXEL });
  const { exportId } = await callAs({ cookie }).api.account.startExport();
  await prepareExport(exportId);
  await prepareExport(exportId);
  const piece = await readExport(session, { exportId, position: 0 }, internalRequest());
  const files = unzipSync(new Uint8Array(Buffer.from(piece.base64 ?? "", "base64")));
  const text = (name: string) => Buffer.from(files[name] ?? []).toString();
  const messages: { content: string }[] = JSON.parse(text("chat/messages.json"));
  expect(messages.map(({ content }) => content).sort()).toEqual(["Ada's answer", "Ada's question"]);
  expect(JSON.parse(text("auth/user_profiles.json"))).toMatchObject([{ displayName: "Ada Lovelace" }]);
  expect(Object.keys(files)).toContain("picture.png");
  const manifest = JSON.parse(text("manifest.json"));
  expect(manifest).toMatchObject({ format: "parley.account", version: 1 });
  for (const { name, sha256 } of manifest.files) {
    expect(
      createHash("sha256")
        .update(files[name] ?? new Uint8Array())
        .digest("hex"),
      name,
    ).toBe(sha256);
  }
  const all = Object.values(files)
    .map((bytes) => Buffer.from(bytes).toString())
    .join();
  expect(all).not.toContain("Bob's");
  expect(
    (await mailsTo(tenant.owner.email)).filter(({ template }) => template === "data_export_ready"),
  ).toHaveLength(1);
});

test("a copy is its owner's alone, for a week", async () => {
  const user = await makeUser();
  const { session, cookie } = await signIn(user);
  const { exportId } = await callAs({ cookie }).api.account.startExport();
  const read = { exportId, position: 0 };
  await expect(readExport(session, read, internalRequest())).rejects.toMatchObject({ code: "not_found" });
  await prepareExport(exportId);
  const { session: stranger } = await signIn(await makeUser());
  await expect(readExport(stranger, read, internalRequest())).rejects.toMatchObject({ code: "not_found" });
  travel(6.9 * DAY_MS);
  await sweepExports();
  expect(await listExports(user.id)).toMatchObject([{ id: exportId, state: "ready" }]);
  travel(7.1 * DAY_MS);
  await expect(readExport(session, read, internalRequest())).rejects.toMatchObject({ code: "not_found" });
  await sweepExports();
  expect(await platformDb().storedPiece.count({ where: { key: { contains: user.id } } })).toBe(0);
});

test("of twenty requests for a copy one is taken, and five an hour are all there are", async () => {
  const { cookie } = await signIn(await makeUser());
  const tries = await Promise.allSettled(
    Array.from({ length: 5 }, () => callAs({ cookie }).api.account.startExport()),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(callAs({ cookie }).api.account.startExport()).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
  });
});

test("leaving closes the account at once: sessions end, sign-in tells when, the mail has the one way back", async () => {
  const user = await makeUser();
  const other = await signIn(user);
  await leave(user);
  expect(await validateSession(other.token, internalRequest())).toBeNull();
  const again = login(
    { email: user.email, password: GOOD_PASSWORD, remember: true },
    { request: internalRequest(), session: null },
  );
  await expect(again).rejects.toMatchObject({ code: "forbidden", details: { reason: "account_leaving" } });
  const mail = (await mailsTo(user.email)).at(-1);
  expect(mail?.links).toHaveLength(1);
  expect(mail?.links[0]).toMatch(/^http:\/\/localhost:3000\/keep-account\?token=/);
});

test("leaving asks for a recent authentication, the own address, and is not for operators", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const remove = (confirmation: string, by = cookie) =>
    callAs({ cookie: by }).api.account.delete({ confirmation });
  await expect(remove("somebody@else.example")).rejects.toMatchObject({ code: "BAD_REQUEST" });
  travel(11 * 60_000);
  await expect(remove(user.email)).rejects.toMatchObject({
    code: "FORBIDDEN",
    cause: { details: { reason: "step_up_required" } },
  });
  travel(0);
  const operator = await makeOperator("support");
  await expect(remove(operator.user.email, operator.cookie)).rejects.toMatchObject({ code: "CONFLICT" });
});

test("a workspace of others is not left without an owner; of two owners who leave at once one stays", async () => {
  const tenant = await makeTenant();
  await addMember(tenant);
  await expect(leave(tenant.owner)).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining(tenant.name),
  });
  const { user: second } = await addMember(tenant, "owner");
  const outcomes = await Promise.allSettled([leave(tenant.owner), leave(second)]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("cancelling keeps everything; the link works once", async () => {
  const tenant = await makeTenant();
  const token = await leave(tenant.owner);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => cancelDeletion(token, internalRequest())),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await signIn(tenant.owner);
  travel(31 * DAY_MS);
  await eraseDueAccounts();
  expect(await exists(tenant.owner)).toBe(true);
  await expect(callAs().api.account.cancelDeletion({ token: "no-such-token" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { details: { reason: "token_invalid" } },
  });
});

test("of twenty requests to leave one is taken", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => callAs({ cookie }).api.account.delete({ confirmation: user.email })),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await mailsTo(user.email)).filter(({ template }) => template === "account_deletion")).toHaveLength(
    1,
  );
});

test("cancelling and erasing at the same moment: either everything stays or everything goes", async () => {
  for (let round = 0; round < 5; round += 1) {
    const user = await makeUser();
    const token = await leave(user);
    travel(30.01 * DAY_MS);
    const [kept] = await Promise.allSettled([
      cancelDeletion(token, internalRequest()),
      eraseDueAccounts(),
      eraseDueAccounts(),
    ]);
    await eraseDueAccounts();
    expect(await exists(user)).toBe(kept.status === "fulfilled");
    travel(0);
  }
});

test("before its time nothing is erased; then no table holds id, address or name, and the chains hold", async () => {
  const name = "Zebulon Quartermaine";
  const tenant = await makeTenant({ owner: await makeUser({ displayName: name }), name: "Lonely Peak" });
  const shared = await makeTenant();
  const { scope: guest } = await addMember(shared, "member", tenant.owner);
  for (const scope of [tenant.scope, guest]) {
    await converse(scope, await makeConversation(scope, { title: `${name}'s plan` }), name, { text: name });
  }
  const { cookie } = await signIn(tenant.owner);
  await callAs({ cookie }).api.account.setAvatar({ image: WHITE_PIXEL });
  const { exportId } = await callAs({ cookie }).api.account.startExport();
  await prepareExport(exportId);
  await leave(tenant.owner);
  travel(29.9 * DAY_MS);
  await eraseDueAccounts();
  expect(await exists(tenant.owner)).toBe(true);
  travel(30.1 * DAY_MS);
  await eraseDueAccounts();
  expect(await traces([tenant.owner.id, tenant.owner.email, name])).toEqual(CHAINED);
  expect(await platformDb().tenant.count({ where: { id: tenant.id } })).toBe(0);
  expect(await platformDb().tenant.count({ where: { id: shared.id } })).toBe(1);
  const faults = (await verifyChains(platformDb())).filter(({ fault }) => fault !== null);
  expect(faults).toEqual([]);
});

test("a crash between any two steps is made good by the next run", async () => {
  const tenant = await makeTenant();
  await converse(tenant.scope, await makeConversation(tenant.scope), "Q", { text: "A" });
  await leave(tenant.owner);
  travel(30.1 * DAY_MS);
  const crashes = await crashAtEveryStep(eraseDueAccounts, async () => !(await exists(tenant.owner)));
  expect(crashes).toBeGreaterThanOrEqual(10);
  expect(await traces([tenant.owner.id, tenant.owner.email])).toEqual(CHAINED);
});

test("mails to earlier addresses go too, unless an address is somebody else's by now", async () => {
  const [user, other] = [await makeUser(), await makeUser()];
  const earlier = `earlier-${user.email}`;
  await platformDb().$transaction(async (tx) => {
    for (const to of [earlier, other.email]) {
      await queueMail(tx, { to, template: "note", subject: "Note", text: "Note", html: "Note" });
      const hash = () => new Uint8Array(randomBytes(32));
      const until = { expiresAt: new Date(), cancelUntil: new Date() };
      await tx.emailChange.create({
        data: {
          ...{ id: newId(), userId: user.id, oldEmail: to, newEmail: user.email },
          ...{ confirmHash: hash(), cancelHash: hash(), ...until },
        },
      });
    }
  });
  await leave(user);
  travel(30.1 * DAY_MS);
  await eraseDueAccounts();
  expect(await traces([user.id, user.email, earlier])).toEqual(CHAINED);
  expect(await mailsTo(other.email)).toHaveLength(1);
});

test("a workspace that others joined meanwhile gets a new owner, of the highest rank", async () => {
  const tenant = await makeTenant();
  await leave(tenant.owner);
  const { user: viewer } = await addMember(tenant, "viewer");
  const { user: admin } = await addMember(tenant, "admin");
  travel(30.1 * DAY_MS);
  await eraseDueAccounts();
  const members = await platformDb().tenantMember.findMany({ where: { tenantId: tenant.id } });
  expect(new Map(members.map(({ userId, role }) => [userId, role]))).toEqual(
    new Map([
      [admin.id, "owner"],
      [viewer.id, "viewer"],
    ]),
  );
});

/** Every text, id and JSON column of every table that holds one of the words. */
async function traces(words: string[]): Promise<string[]> {
  const { rows } = await platformPool().query<{ table: string; column: string }>(`
    SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'uuid', 'character varying', 'json', 'jsonb', 'ARRAY', 'tsvector', 'USER-DEFINED')
       AND c.table_name <> '_prisma_migrations'`);
  const found = new Set<string>();
  for (const { table, column } of rows) {
    const { rowCount } = await platformPool().query(
      `SELECT 1 FROM "${table}" WHERE "${column}"::text ILIKE ANY ($1) LIMIT 1`,
      [words.map((word) => `%${word}%`)],
    );
    if (rowCount) found.add(`${table}.${column}`);
  }
  return [...found].sort();
}
