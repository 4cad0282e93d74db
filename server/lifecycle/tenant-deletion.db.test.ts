import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { crashAtEveryStep } from "../../tests/factories/crashes";
import { makeOneOfEverything } from "../../tests/factories/everything";
import { mailsTo } from "../../tests/factories/mails";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, type SignedIn, signIn } from "../../tests/factories/users";
import { verifyChains } from "../audit/verify";
import { sendMessage } from "../chat/start-run";
import { travel } from "../platform/clock";
import { platformDb, platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { TEXT_FORBIDDEN } from "../tenants/terms";
import { listWalletFaults } from "../wallet/reconciliation";
import { isCertificate } from "./certificate";
import { eraseDueTenants } from "./tenant-erasure";

const DAY_MS = 86_400_000;
// The log stays for as long as every log, people's own history with the person, the books and the certificate for good.
const KEPT = new RegExp(
  [
    "^audit_logs\\.(chain|tenant_id|target_id|metadata)$",
    "^audit_personal\\.tenant_id$",
    // What Stripe said of the workspace is part of the books, as the ledger is.
    "^stripe_events\\.tenant_id$",
    "^audit_(heads|checkpoints)\\.\\w+$",
    "^user_login_events\\.active_tenant_id$",
    "^ledger_entries\\.tenant_id$",
    "^tenant_deletions\\.(tenant_id|certificate)$",
  ].join("|"),
);
// Written when a year of a chain is cut off.
const NOTHING_YET = ["audit_checkpoints"];

afterEach(() => travel(0));

const as = (tenant: { slug: string }, { cookie }: { cookie: string }) =>
  callAs({ cookie, tenantSlug: tenant.slug }).api;

async function deleted(name = "Lonely Peak"): Promise<{ tenant: TestTenant; owner: SignedIn }> {
  const tenant = await makeTenant({ name });
  const owner = await signIn(tenant.owner);
  await as(tenant, owner).tenants.delete({ confirmation: name });
  return { tenant, owner };
}

const isThere = async ({ id }: { id: string }) => (await platformDb().tenant.count({ where: { id } })) === 1;

test("deleting closes the workspace for everybody at once, tells its owners and stops what runs", async () => {
  const tenant = await makeTenant({ name: "Lonely Peak" });
  const { user, scope } = await addMember(tenant, "member");
  const { user: second } = await addMember(tenant, "owner");
  const conversationId = await makeConversation(scope);
  const run = await sendMessage(scope, { conversationId, text: "Go on", clientMessageId: newId() });
  const [owner, member] = [await signIn(tenant.owner), await signIn(user)];
  await as(tenant, owner).tenants.delete({ confirmation: "Lonely Peak" });
  for (const person of [owner, member]) {
    await expect(as(tenant, person).tenants.preferences()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await as(tenant, person).tenants.list()).toEqual([]);
  }
  const stopped = await platformDb().run.findFirstOrThrow({ where: { id: run.runId } });
  expect(stopped.stopRequestedAt).not.toBeNull();
  for (const { email } of [tenant.owner, second]) {
    expect((await mailsTo(email)).filter(({ template }) => template === "tenant_deletion")).toHaveLength(1);
  }
  expect((await mailsTo(user.email)).filter(({ template }) => template === "tenant_deletion")).toEqual([]);
  expect(await as(tenant, owner).tenants.deletions()).toMatchObject([
    { name: "Lonely Peak", slug: tenant.slug, state: "waiting" },
  ]);
  expect(await as(tenant, member).tenants.deletions()).toEqual([]);
});

test("deleting asks for an owner, a recent authentication and the workspace's name", async () => {
  const tenant = await makeTenant({ name: "Lonely Peak" });
  const { user } = await addMember(tenant, "admin");
  const [owner, admin] = [await signIn(tenant.owner), await signIn(user)];
  const confirmation = "Lonely Peak";
  await expect(as(tenant, admin).tenants.delete({ confirmation })).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: TEXT_FORBIDDEN,
  });
  await expect(as(tenant, owner).tenants.delete({ confirmation: "lonely peak" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { details: { fields: { confirmation: expect.any(String) } } },
  });
  travel(11 * 60_000);
  await expect(as(tenant, owner).tenants.delete({ confirmation })).rejects.toMatchObject({
    cause: { details: { reason: "step_up_required" } },
  });
  travel(0);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => as(tenant, owner).tenants.delete({ confirmation })),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("an owner brings everything back within a week; members, strangers and a second try find nothing", async () => {
  const tenant = await makeTenant({ name: "Lonely Peak" });
  const { user } = await addMember(tenant, "admin");
  const conversationId = await makeConversation(tenant.scope, { title: "Kept" });
  const owner = await signIn(tenant.owner);
  await as(tenant, owner).tenants.delete({ confirmation: "Lonely Peak" });
  for (const person of [await signIn(user), await signIn(await makeUser())]) {
    await expect(as(tenant, person).tenants.restore()).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  const tries = await Promise.allSettled(
    Array.from({ length: 15 }, () => as(tenant, owner).tenants.restore()),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await as(tenant, owner).conversations.get({ conversationId })).toMatchObject({ title: "Kept" });
  travel(8 * DAY_MS);
  await eraseDueTenants();
  expect(await isThere(tenant)).toBe(true);
});

test("undoing and erasing at the same moment: either everything stays or everything goes", async () => {
  for (let round = 0; round < 4; round += 1) {
    const { tenant, owner } = await deleted();
    const due = new Date(Date.now() - 1_000);
    await platformDb().tenantDeletion.updateMany({ where: { tenantId: tenant.id }, data: { dueAt: due } });
    const [kept] = await Promise.allSettled([
      as(tenant, owner).tenants.restore(),
      eraseDueTenants(),
      eraseDueTenants(),
    ]);
    await eraseDueTenants();
    expect(await isThere(tenant)).toBe(kept.status === "fulfilled");
  }
});

test("before its time nothing goes; then no table holds the workspace but the log, and its owner has the certificate", async () => {
  const tenant = await makeTenant({ name: "Lonely Peak" });
  const neighbour = await makeTenant();
  const owner = await signIn(tenant.owner);
  await makeOneOfEverything(tenant, owner.cookie);
  await as(tenant, owner).tenants.delete({ confirmation: "Lonely Peak" });
  travel(6.9 * DAY_MS);
  await eraseDueTenants();
  expect(await isThere(tenant)).toBe(true);
  travel(7.1 * DAY_MS);
  await eraseDueTenants();
  expect((await traces(tenant.id)).filter((place) => !KEPT.test(place))).toEqual([]);
  expect(await isThere(neighbour)).toBe(true);
  expect((await verifyChains(platformDb())).filter(({ fault }) => fault !== null)).toEqual([]);
  travel(0);
  const [item] = await as(tenant, owner).tenants.deletions();
  expect(item).toMatchObject({ state: "erased", slug: null });
  const { content } = await as(tenant, owner).tenants.certificate({ deletionId: tenant.id });
  const { certificate } = JSON.parse(content);
  expect(certificate).toMatchObject({ tenant: { id: tenant.id, name: "Lonely Peak" }, rowsLeft: 0 });
  expect(certificate.erased).toMatchObject({ tenants: 1, tenant_members: 2, conversations: 2, messages: 4 });
  expect(emptyTables(certificate)).toEqual(NOTHING_YET);
  expect(await listWalletFaults()).toEqual([]);
  expect(isCertificate(content)).toBe(true);
  expect(isCertificate(content.replace('"messages": 4', '"messages": 3'))).toBe(false);
  const stranger = await signIn(neighbour.owner);
  await expect(as(neighbour, stranger).tenants.certificate({ deletionId: tenant.id })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("a crash between any two steps is made good by the next run, with the same counts", async () => {
  const tenant = await makeTenant({ name: "Lonely Peak" });
  const owner = await signIn(tenant.owner);
  await makeOneOfEverything(tenant, owner.cookie);
  await as(tenant, owner).tenants.delete({ confirmation: "Lonely Peak" });
  travel(7.1 * DAY_MS);
  const crashes = await crashAtEveryStep(
    () => eraseDueTenants(),
    async () => !(await isThere(tenant)),
  );
  expect(crashes).toBeGreaterThan(10);
  await eraseDueTenants();
  const { certificate } = await platformDb().tenantDeletion.findUniqueOrThrow({
    where: { tenantId: tenant.id },
  });
  expect(JSON.parse(certificate ?? "").certificate.erased).toMatchObject({ conversations: 2, messages: 4 });
  expect((await traces(tenant.id)).filter((place) => !KEPT.test(place))).toEqual([]);
});

/** The tables that the certificate counts no row of: what the test made nothing for, it does not prove to be erased. */
function emptyTables(certificate: {
  erased: Record<string, number>;
  retained: { table: string; rows: number }[];
}) {
  const kept = certificate.retained.map(({ table, rows }) => [table, rows] as const);
  return [...Object.entries(certificate.erased), ...kept].flatMap(([table, rows]) =>
    rows > 0 ? [] : [table],
  );
}

/** Every column of every table that holds this id, in any form. */
async function traces(id: string): Promise<string[]> {
  const { rows } = await platformPool().query<{ table: string; column: string }>(`
    SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> '_prisma_migrations'
       AND c.data_type IN ('text', 'uuid', 'character varying', 'json', 'jsonb', 'ARRAY', 'USER-DEFINED')`);
  const found: string[] = [];
  for (const { table, column } of rows) {
    const sql = `SELECT 1 FROM "${table}" WHERE "${column}"::text ILIKE $1 LIMIT 1`;
    if ((await platformPool().query(sql, [`%${id}%`])).rowCount) found.push(`${table}.${column}`);
  }
  return found.sort();
}
