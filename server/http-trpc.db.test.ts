import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../tests/factories/ask";
import { FROM_OWN_PAGE, startTestServer, type TestServer } from "../tests/factories/http";
import { makeTenant, type TestTenant } from "../tests/factories/tenants";
import { signIn } from "../tests/factories/users";
import { makePayingTenant } from "../tests/factories/wallet";
import { newId } from "./platform/ids";

let web: TestServer;
let tenant: TestTenant;
let headers: Record<string, string>;

beforeAll(async () => {
  web = await startTestServer();
  tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  headers = { ...FROM_OWN_PAGE, cookie, "x-parley-tenant": tenant.slug };
});

afterAll(async () => {
  await web.close();
});

function errorOf(answer: Answer): Record<string, unknown> {
  const { error } = answer.json() as { error: { data: Record<string, unknown> } };
  return error.data;
}

const query = (path: string, input?: unknown) =>
  web.ask(
    `/trpc/${path}${input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`}`,
    { headers },
  );
const mutate = (path: string, input: unknown, more: Record<string, string> = {}) =>
  web.ask(`/trpc/${path}`, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(input) });

test("a query is plain JSON in and out", async () => {
  const { status, json } = await query("conversations.list", { limit: 5 });
  expect(status).toBe(200);
  expect(json()).toEqual({ result: { data: { items: [], nextCursor: null } } });
});

test("a call that does not exist is 404, also under names every object has", async () => {
  for (const path of [
    "nothing",
    "conversations",
    "__proto__",
    "constructor",
    "conversations.list.call",
    "",
  ]) {
    expect((await query(path)).status, path).toBe(404);
  }
});

test("queries are GET and mutations POST", async () => {
  expect((await mutate("conversations.list", {})).status).toBe(405);
  expect((await query("conversations.create", {})).status).toBe(405);
  expect((await web.ask("/trpc/conversations.list", { method: "PUT", headers, body: "{}" })).status).toBe(
    405,
  );
});

test("a body is application/json and nothing else", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    expect((await mutate("conversations.create", {}, { "content-type": type })).status).toBe(415);
  }
});

test("broken JSON, broken addresses and unknown fields are 400 and say so", async () => {
  const broken = await web.ask("/trpc/conversations.create", { method: "POST", headers, body: "{" });
  expect(broken.status).toBe(400);
  expect((await web.ask("/trpc/conversations.list?input=%7B", { headers })).status).toBe(400);
  expect((await web.ask("/trpc/%E0%A4%A", { headers })).status).toBe(400);
  const unknown = await query("conversations.list", { surprise: true });
  expect(unknown.status).toBe(400);
  expect(errorOf(unknown)["fields"]).toEqual({ surprise: "This field is not known." });
});

test("a procedure without input takes none", async () => {
  expect((await query("auth.me", { userId: "someone" })).status).toBe(400);
  expect((await query("auth.me", {})).status).toBe(200);
});

test("an error carries code, status, path and request id, and no stack", async () => {
  const answer = await query("conversations.get", { conversationId: "01a1f968-c2c7-7486-9945-fa340fcecb13" });
  expect(answer.status).toBe(404);
  expect(errorOf(answer)).toEqual({
    code: "NOT_FOUND",
    httpStatus: 404,
    path: "conversations.get",
    requestId: answer.headers["x-request-id"],
  });
});

test("a stranger's tenant, an unknown one and none at all are the same 404", async () => {
  const other = await makeTenant();
  for (const slug of [other.slug, "no-such-tenant", "../x", ""]) {
    const answer = await web.ask("/trpc/conversations.list", {
      headers: { ...headers, "x-parley-tenant": slug },
    });
    expect(answer.status, slug).toBe(404);
  }
});

test("a batch answers each call, 207 when they differ", async () => {
  const same = await web.ask("/trpc/auth.me,tenants.list?batch=1", { headers });
  expect(same.status).toBe(400);
  const input = encodeURIComponent(JSON.stringify({ 0: { limit: 1 }, 1: {} }));
  const mixed = await web.ask(`/trpc/conversations.list,nothing?batch=1&input=${input}`, { headers });
  expect(mixed.status).toBe(207);
  expect(JSON.parse(mixed.body)).toMatchObject([{ result: { data: { items: [] } } }, { error: {} }]);
});

test("a batch holds ten calls, and identity is never batched", async () => {
  const eleven = Array.from({ length: 11 }, () => "conversations.list").join(",");
  expect((await web.ask(`/trpc/${eleven}?batch=1`, { headers })).status).toBe(400);
  const logins = await web.ask("/trpc/auth.login,auth.login?batch=1", {
    method: "POST",
    headers,
    body: "{}",
  });
  expect(logins.status).toBe(400);
});

test("a subscription that is refused tells an event stream inside, and anyone else by status", async () => {
  const input = encodeURIComponent(JSON.stringify({ runId: "01a1f968-c2c7-7486-9945-fa340fcecb13" }));
  const path = `/trpc/chat.runEvents?input=${input}`;
  expect((await web.ask(path, { headers })).status).toBe(404);
  const stream = await web.ask(path, { headers: { ...headers, accept: "text/event-stream" } });
  expect(stream.status).toBe(200);
  expect(stream.headers["content-type"]).toContain("text/event-stream");
  expect(stream.body).toContain("event: serialized-error");
  expect(stream.body).toContain('"NOT_FOUND"');
});

test("a cap without a hard stop lets the call through, and a header of the answer says so", async () => {
  const paying = await makePayingTenant(1_000_000_000n);
  const { cookie } = await signIn(paying.owner);
  const own = { ...FROM_OWN_PAGE, cookie, "x-parley-tenant": paying.slug };
  const post = (path: string, input: unknown) =>
    web.ask(`/trpc/${path}`, { method: "POST", headers: own, body: JSON.stringify(input) });
  const say = async () => post("chat.send", { ...(await newConversation(post)), text: "Hello" });
  await post("limits.set", { monthlyCapNano: "1", hardStop: false, version: 0 });
  const sent = await say();
  expect(sent.status, sent.body).toBe(200);
  expect(sent.headers["x-parley-warning"]).toBe("monthly_cap_reached");
  await post("limits.set", { monthlyCapNano: "1", hardStop: true, version: 1 });
  const refused = await say();
  expect(refused.status, refused.body).toBe(402);
  expect(refused.headers["x-parley-warning"]).toBeUndefined();
  expect(errorOf(refused)).toMatchObject({ reason: "monthly_cap_reached" });
});

async function newConversation(post: (path: string, input: unknown) => Promise<Answer>) {
  const made = await post("conversations.create", {});
  const { conversationId } = (made.json() as { result: { data: { conversationId: string } } }).result.data;
  return { conversationId, clientMessageId: newId() };
}
