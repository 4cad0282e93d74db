import { afterAll, beforeAll, expect, test } from "vitest";
import { FROM_OWN_PAGE, OWN_ORIGIN, startTestServer, type TestServer } from "../tests/factories/http";
import { makeUser, signIn } from "../tests/factories/users";
import { violationsOf } from "../tests/factories/violations";
import { CLIENT_MESSAGE_ID_LENGTH_MAX, MESSAGE_LENGTH_MAX } from "./chat/terms";
import { resetConfig } from "./platform/config";
import { GENERAL_LIMIT } from "./platform/limit-table";
import { httpRequestsTotal } from "./platform/metrics";
import { countRequest } from "./platform/rate-limit-general";

let web: TestServer;

beforeAll(async () => {
  web = await startTestServer({
    echo: {
      loader: ({ context, request }) => Response.json({ nonce: context.info.nonce, url: request.url }),
      action: async ({ request }) => Response.json({ length: (await request.text()).length }),
    },
    cached: {
      loader: ({ context }) => {
        context.info.reply.cookies.push("a=1");
        return new Response("x", { headers: { "Cache-Control": "public, max-age=9", "Set-Cookie": "b=2" } });
      },
    },
    broken: {
      loader: () => {
        throw new Error("SELECT secret FROM somewhere");
      },
    },
    "t/:tenant/*": { loader: () => new Response(null, { status: 302, headers: { Location: "/login" } }) },
    "t/:tenant/chat": { action: readMessage },
    "t/:tenant/chat/:conversationId": { action: readMessage },
    login: { action: async ({ request }) => Response.json({ length: (await request.text()).length }) },
  });
});

async function readMessage({ request }: { request: Request }): Promise<Response> {
  return Response.json({ length: String((await request.formData()).get("text")).length });
}

afterAll(async () => {
  await web.close();
});

test("every answer has an id and the security headers, also a refusal", async () => {
  for (const path of ["/echo", "/nowhere", "/trpc/auth.me", "/trpc/nothing"]) {
    const { headers } = await web.ask(path);
    expect(headers["x-request-id"], path).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["strict-transport-security"]).toContain("max-age=31536000");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["referrer-policy"]).toBe("strict-origin-when-cross-origin");
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers).not.toHaveProperty("cross-origin-embedder-policy");
  }
});

test("the policy of a page names the nonce that the page was given, another one each time", async () => {
  const [first, second] = [await web.ask("/echo"), await web.ask("/echo")];
  expect(first.headers["content-security-policy"]).toContain(`'nonce-${first.json()["nonce"]}'`);
  expect(first.headers["content-security-policy"]).not.toContain("unsafe-inline' 'nonce");
  expect(first.json()["nonce"]).not.toBe(second.json()["nonce"]);
});

test("a route can neither weaken no-store nor lose a cookie", async () => {
  const { headers } = await web.ask("/cached");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
});

test("another host is 421 before anything else", async () => {
  for (const host of ["evil.example", "localhost:3000.evil.example", "localhost:3001", "a b"]) {
    const { status, headers } = await web.ask("/trpc/auth.me", { headers: { host } });
    expect(status, host).toBe(421);
    expect(headers["x-request-id"]).toBeDefined();
  }
});

test("a forged id is not taken over, and addresses in pages are made from APP_URL", async () => {
  const { headers, json } = await web.ask("/echo?a=1", { headers: { "x-request-id": "chosen-by-a-client" } });
  expect(headers["x-request-id"]).not.toBe("chosen-by-a-client");
  expect(json()["url"]).toBe(`${OWN_ORIGIN}/echo?a=1`);
});

test("a change from elsewhere is refused at every door, with or without a cookie", async () => {
  const foreign: Record<string, string>[] = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", origin: OWN_ORIGIN },
    { "sec-fetch-site": "same-site", cookie: "sid=x" },
  ];
  for (const headers of foreign) {
    for (const path of ["/echo", "/trpc/auth.logout", "/nowhere"]) {
      const { status } = await web.ask(path, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
      });
      expect(status, `${path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
});

test("our own page may post, by fetch metadata, origin or referer", async () => {
  const own: Record<string, string>[] = [
    { "sec-fetch-site": "same-origin" },
    { origin: OWN_ORIGIN },
    { referer: `${OWN_ORIGIN}/login` },
  ];
  for (const headers of own) {
    expect((await web.ask("/echo", { method: "POST", headers, body: "a=1" })).status).toBe(200);
  }
});

test("bodies are bounded: 256 KB for calls, 64 KB for forms, 16 KB for identity", async () => {
  const post = (path: string, length: number, type = "application/json") =>
    web.ask(path, {
      method: "POST",
      headers: { ...FROM_OWN_PAGE, "content-type": type },
      body: "a".repeat(length),
    });
  const KB = 1024;
  expect((await post("/trpc/chat.send", 257 * KB)).status).toBe(413);
  expect((await post("/trpc/chat.send", 200 * KB)).status).toBe(400);
  expect((await post("/trpc/auth.login", 17 * KB)).status).toBe(413);
  expect((await post("/echo", 65 * KB, "text/plain")).status).toBe(413);
  expect((await post("/echo", 63 * KB, "text/plain")).json()).toEqual({ length: 63 * KB });
  expect((await post("/login", 17 * KB, "text/plain")).status).toBe(413);
});

test("a form takes the longest message in any script, and what is far beyond it is 413", async () => {
  const send = (path: string, length: number) =>
    web.ask(path, {
      method: "POST",
      headers: { ...FROM_OWN_PAGE, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        text: "語".repeat(length),
        clientMessageId: "i".repeat(CLIENT_MESSAGE_ID_LENGTH_MAX),
      }).toString(),
    });
  for (const path of [
    "/t/acme/chat",
    "/t/acme/chat?index",
    "/t/acme/chat/0193a0c0-0000-7000-8000-000000000000",
  ]) {
    const answer = await send(path, MESSAGE_LENGTH_MAX);
    expect(answer.status, path).toBe(200);
    expect(answer.json(), path).toEqual({ length: MESSAGE_LENGTH_MAX });
    expect((await send(path, MESSAGE_LENGTH_MAX * 1.5)).status, path).toBe(413);
  }
  expect((await send("/t/acme/settings", MESSAGE_LENGTH_MAX)).status).toBe(413);
});

test("a body whose length is not said is counted as it comes", async () => {
  const headers = { ...FROM_OWN_PAGE, "transfer-encoding": "chunked" };
  const { status, json } = await web.ask("/trpc/chat.send", {
    method: "POST",
    headers,
    body: "a".repeat(400_000),
  });
  expect(status).toBe(413);
  expect(json()).toMatchObject({
    error: { data: { code: "PAYLOAD_TOO_LARGE", reason: "payload_too_large" } },
  });
});

test("a fault of ours answers 500 with an id and nothing of itself", async () => {
  const { status, body, headers } = await web.ask("/broken");
  expect(status).toBe(500);
  expect(body).not.toContain("SELECT");
  expect(headers["x-request-id"]).toBeDefined();
});

test("limits fall with each call, and the call too many is 429 with a time to come back", async () => {
  const call = () =>
    web.ask("/trpc/auth.login", {
      method: "POST",
      headers: FROM_OWN_PAGE,
      body: JSON.stringify({ email: "nobody@limits.example", password: "wrong horse battery" }),
    });
  const first = await call();
  expect(first.headers["x-ratelimit-limit"]).toBe("10");
  const remaining = Number(first.headers["x-ratelimit-remaining"]);
  const reset = first.headers["x-ratelimit-reset"];
  expect(Number(reset)).toBeGreaterThan(Date.now() / 1000);
  const second = await call();
  expect(Number(second.headers["x-ratelimit-remaining"])).toBe(remaining - 1);
  expect(second.headers["x-ratelimit-reset"]).toBe(reset);
  for (let round = 0; round < remaining - 1; round += 1) await call();
  const refused = await call();
  expect(refused.status).toBe(429);
  expect(await violationsOf("login")).toBe(1);
  expect(refused.headers["x-ratelimit-remaining"]).toBe("0");
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused.json()).toMatchObject({
    error: { data: { code: "TOO_MANY_REQUESTS", reason: "rate_limited" } },
  });
}, 120_000);

test("a flood from one address is stopped in front of every door, and other addresses are not", async () => {
  // One request a minute: the sums that instances exchange stay small, and later tests have their full number again.
  process.env["RATE_LIMIT_SCALE"] = String(1 / GENERAL_LIMIT.points);
  resetConfig();
  countRequest("127.0.0.1");
  const { status, headers } = await web.ask("/echo");
  expect(status).toBe(429);
  expect(await violationsOf("general")).toBe(1);
  expect(headers["retry-after"]).toBeDefined();
  expect(countRequest("127.0.0.2").allowed).toBe(true);
  delete process.env["RATE_LIMIT_SCALE"];
  resetConfig();
});

test("addresses that anybody makes up are not written into the metrics", async () => {
  const pathsOf = async () => (await httpRequestsTotal.get()).values.map(({ labels }) => labels.path);
  const countOf = async () =>
    (await httpRequestsTotal.get()).values.find(({ labels }) => labels.path === "/t/:tenant/*")?.value;
  for (let round = 0; round < 250; round += 1) {
    expect((await web.ask(`/t/acme/made-up-${round}`)).status).toBe(302);
    if (round % 50 === 0) await web.ask(`/made-up-${round}`);
    if (round % 50 === 0) await web.ask(`/trpc/made-up-${round}`);
  }
  await expect.poll(countOf).toBe(250);
  expect((await web.ask("/echo")).status).toBe(200);
  await expect.poll(pathsOf).toContain("/echo");
  expect((await pathsOf()).filter((path) => String(path).includes("made-up"))).toEqual([]);
});

test("a cookie named twice signs nobody in", async () => {
  const { cookie } = await signIn(await makeUser());
  expect((await web.ask("/trpc/auth.me", { headers: { cookie } })).status).toBe(200);
  expect((await web.ask("/trpc/auth.me", { headers: { cookie: `${cookie}; ${cookie}` } })).status).toBe(401);
});
