import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { makeConversation } from "../../tests/factories/conversations";
import { converse, makeThread } from "../../tests/factories/messages";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import type { Scope } from "../tenants/scope";
import type { SearchResult } from "./contract";
import { deleteConversation, renameConversation } from "./conversation-changes";
import { searchConversations, searchOwnConversations } from "./search";

let tenant: TestTenant;

async function find(scope: Scope, query: string): Promise<SearchResult[]> {
  return (await searchConversations(scope, { query, limit: 20 })).items;
}

beforeAll(async () => {
  tenant = await makeTenant();
});

test("words are found in messages and titles, the title first, with the match marked", async () => {
  const { scope } = await makeTenant();
  const titled = await makeConversation(scope, { title: "Harvest planning" });
  const conversationId = await makeConversation(scope);
  const run = await converse(scope, conversationId, "When does the <b>harvest</b> begin?", {
    text: "In June.",
  });
  const items = await find(scope, "harvest");
  expect(items.map((item) => item.conversationId)).toEqual([titled, conversationId]);
  expect(items[0]?.messageId).toBeNull();
  expect(items[1]).toMatchObject({ messageId: run.userMessageId, isArchived: false });
  expect(items[1]?.snippet).toEqual([
    { text: "When does the <b>", isMatch: false },
    { text: "harvest", isMatch: true },
    { text: "</b> begin?", isMatch: false },
  ]);
});

test("the last word matches by its beginning, the others whole, in any case and order", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await converse(scope, conversationId, "The Übermorgen train to Zürich leaves early");
  for (const query of ["zür", "train zür", "ZÜRICH train", "übermorgen", "leaves ear"]) {
    expect(await find(scope, query), query).toHaveLength(1);
  }
  for (const query of ["tra zürich", "zürich plane", "-train zürich", "urich", "zür train"]) {
    expect(await find(scope, query), query).toHaveLength(0);
  }
});

test("a phrase in quotation marks and a word left out with a minus are honoured", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await converse(scope, conversationId, "red green blue", { text: "cyan" });
  expect(await find(scope, '"green blue"')).toHaveLength(1);
  expect(await find(scope, '"green red"')).toHaveLength(0);
  expect(await find(scope, "blue -green")).toHaveLength(0);
  expect(await find(scope, "blue -black")).toHaveLength(1);
});

test("any text is a query", async () => {
  const hostile = [
    "'; DROP TABLE messages; --",
    "\\",
    "!!!",
    "a & | ! ( ) :* <->",
    '"',
    '"unclosed phrase',
    "-",
    "--",
    "%_%",
    "\u0002\u0003",
    "e\u0301",
    "🎈",
    "a'b",
    "word:*",
    "x".repeat(200),
    "中文",
    " \u00a0 ",
  ];
  for (const query of hostile) await expect(find(tenant.scope, query), query).resolves.toBeInstanceOf(Array);
});

test("only one's own conversations are found, and none that is deleted", async () => {
  const neighbour = await makeTenant();
  const { scope: colleague } = await addMember(tenant, "admin");
  const conversationId = await makeConversation(tenant.scope, { title: "Periwinkle" });
  await converse(tenant.scope, conversationId, "periwinkle is a colour");
  expect(await find(tenant.scope, "periwinkle")).toHaveLength(2);
  expect(await searchOwnConversations(tenant.scope, "periwinkle")).toHaveLength(2);
  for (const scope of [neighbour.scope, colleague]) {
    expect(await find(scope, "periwinkle")).toEqual([]);
    expect(await searchOwnConversations(scope, "periwinkle")).toEqual([]);
  }
  await deleteConversation(tenant.scope, { conversationId });
  expect(await find(tenant.scope, "periwinkle")).toEqual([]);
});

test("a new title is found, the one before is not", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope, { title: "Ochre" });
  await renameConversation(scope, { conversationId, title: "Magenta" });
  expect(await find(scope, "magenta")).toHaveLength(1);
  expect(await find(scope, "ochre")).toHaveLength(0);
});

test("pages of results join without doubles", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 45, textSql: "'basalt number ' || n" });
  const found: (string | null)[] = [];
  let cursor: string | undefined;
  do {
    const page = await searchConversations(scope, {
      query: "basalt",
      limit: 20,
      ...(cursor ? { cursor } : {}),
    });
    found.push(...page.items.map((item) => item.messageId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(found).toHaveLength(45);
  expect(new Set(found).size).toBe(45);
});

test("of a word that is found too often, the newest messages come first", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 6_000, textSql: "'marzipan ' || n" });
  const { items } = await searchConversations(scope, { query: "marzipan", limit: 3 });
  expect(items.map((item) => item.snippet.map(({ text }) => text).join(""))).toEqual([
    "marzipan 5999",
    "marzipan 5998",
    "marzipan 5997",
  ]);
});

// The function runs as the tables' owner: its plan is seen through auto_explain, on a connection of the application role.
test("in 20,000 messages rare and common words are found through the index", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const textSql = "'common text about plan' || (n % 97) || CASE WHEN n = 777 THEN ' quokka' ELSE '' END";
  await makeThread(scope, conversationId, { count: 20_000, textSql });
  await asSuperuser("ANALYZE messages", "ANALYZE conversations");
  for (const query of ["quokka", "common", "plan13", "qu"]) {
    const { plans, rows } = await explainSearch(scope, query);
    expect(rows.length, query).toBeGreaterThan(0);
    expect(plans, query).toContain("messages_search");
    expect(plans, query).not.toMatch(/Seq Scan on messages/);
  }
});

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function explainSearch(scope: Scope, query: string): Promise<{ plans: string; rows: unknown[] }> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  const notices: string[] = [];
  client.on("notice", (notice) => notices.push(notice.message ?? ""));
  await client.connect();
  try {
    await client.query("LOAD 'auto_explain'");
    await client.query("SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on");
    await client.query("SET client_min_messages = log");
    await client.query("SET SESSION AUTHORIZATION parley_app");
    await client.query("BEGIN");
    await client.query("SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)", [
      scope.tenantId,
      scope.userId,
    ]);
    const { rows } = await client.query("SELECT * FROM chat_search('{}', '{}', $1, 20, 0)", [query]);
    return { plans: notices.join("\n"), rows };
  } finally {
    await client.end();
  }
}
