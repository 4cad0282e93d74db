// The easy set-up: who may open it, what it does, and what it never shows.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSetupServer, type SetupServer } from "./server";

const KEY = `sk_test_${randomBytes(12).toString("hex")}`;
const SECRET = `whsec_${randomBytes(16).toString("hex")}`;
const WEBHOOK_URL = "http://localhost:3000/webhooks/stripe";

let server: SetupServer;
let origin: string;
let asked: string[];
let written: Record<string, string>;
let trouble: string | null;

beforeEach(async () => {
  asked = [];
  written = {};
  trouble = null;
  await open(WEBHOOK_URL);
});
afterEach(async () => {
  server.close();
  await server.finished;
});

async function open(webhookUrl: string): Promise<void> {
  const ask = (what: string, key: string) => {
    asked.push(`${what} ${key === KEY}`);
    if (trouble !== null) throw new Error(trouble);
  };
  server = await openSetupServer({
    webhookUrl,
    deeds: {
      plan: async (key) => {
        ask("plan", key);
        return ["product parley_starter", "price <parley_starter_month_v1>"];
      },
      make: async (key) => {
        ask("make", key);
        return { made: ["product parley_starter"], priceMap: '{"starter":{"month":"price_1"}}' };
      },
      addEndpoint: async (key) => {
        ask("endpoint", key);
        return SECRET;
      },
      webhookNotes: async (key) => {
        ask("webhook", key);
        return [`No webhook endpoint of the account points to ${WEBHOOK_URL}.`];
      },
      write: (settings) => {
        written = settings;
      },
    },
  });
  origin = new URL(server.url).origin;
}

/** A browser that has opened the page. */
async function browser() {
  const opened = await fetch(server.url, { redirect: "manual" });
  const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const read = async () => (await fetch(origin, { headers: { cookie } })).text();
  const post = async (path: string, fields: Record<string, string> = {}, headers = {}) => {
    const response = await fetch(`${origin}/${path}`, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { cookie, origin, ...headers },
      redirect: "manual",
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { opened, cookie, read, post };
}

test("a test key leads over plans and prices and the webhook to settings, and the page is closed", async () => {
  const { read, post } = await browser();
  expect(await read()).toContain("sk_test_");
  expect((await post("key", { key: ` ${KEY} ` })).status).toBe(303);
  const plan = await read();
  expect(plan).toContain("price &lt;parley_starter_month_v1&gt;");
  expect((await post("make")).status).toBe(303);
  const webhook = await read();
  expect(webhook).toContain(WEBHOOK_URL);
  expect((await post("webhook", { secret: SECRET })).status).toBe(303);
  expect(written).toEqual({
    STRIPE_SECRET_KEY: KEY,
    STRIPE_PRODUCT_PRICE_MAP: '{"starter":{"month":"price_1"}}',
    STRIPE_WEBHOOK_SECRET: SECRET,
    ENABLE_BILLING: "true",
  });
  expect(asked).toEqual(["plan true", "make true", "webhook true"]);
  const done = await read();
  expect(done).toContain("No webhook endpoint of the account");
  expect(done).toContain("only the form could be checked");
  for (const page of [plan, webhook, done]) {
    expect(page).not.toContain(KEY);
    expect(page).not.toContain(SECRET);
  }
  await server.finished;
});

test("for an address on the internet the endpoint is added, and its secret is written as Stripe told it", async () => {
  const { read, post } = await browser();
  await post("key", { key: KEY });
  await post("make");
  expect(await read()).not.toContain("Add the endpoint");
  server.close();
  await server.finished;
  await open("https://parley.example/webhooks/stripe");
  const reachable = await browser();
  await reachable.post("endpoint");
  await reachable.post("key", { key: KEY });
  await reachable.post("make");
  expect(await reachable.read()).toContain("Add the endpoint");
  trouble = "https://parley.example/webhooks/stripe has an endpoint already.";
  expect((await reachable.post("endpoint")).text).toContain("has an endpoint already");
  expect(written).toEqual({});
  trouble = null;
  expect((await reachable.post("endpoint")).status).toBe(303);
  expect(written).toMatchObject({ STRIPE_SECRET_KEY: KEY, STRIPE_WEBHOOK_SECRET: SECRET });
  const done = await reachable.read();
  expect(done).not.toContain("only the form could be checked");
  expect(done).not.toContain(SECRET);
});

test("the address opens the page once, and its cookie is for this page alone", async () => {
  const { opened } = await browser();
  expect(opened.status).toBe(303);
  expect(opened.headers.get("set-cookie")).toMatch(/^setup=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  expect((await fetch(server.url, { redirect: "manual" })).status).toBe(403);
});

test("nobody comes in without the cookie, from another origin, or by another name", async () => {
  const { cookie, post } = await browser();
  expect((await fetch(origin)).status).toBe(403);
  expect((await fetch(`${origin}/open?token=wrong`, { redirect: "manual" })).status).toBe(403);
  expect((await fetch(origin, { headers: { cookie: "setup=wrong" } })).status).toBe(403);
  for (const elsewhere of ["https://elsewhere.example", "null", origin.replace("127.0.0.1", "localhost")])
    expect((await post("key", { key: KEY }, { origin: elsewhere })).status).toBe(403);
  expect(await statusByName("elsewhere.example", cookie)).toBe(403);
  expect(asked).toEqual([]);
});

/** The browser sends this, where the name was made to lead to this machine. */
function statusByName(host: string, cookie: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(origin, { headers: { host, cookie } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on("error", reject).end();
  });
}

test("a live key, something else, and what is no signing secret are refused at their fields and not shown", async () => {
  const { post, read } = await browser();
  const live = KEY.replace("test", "live");
  for (const [key, words] of [
    [live, "live mode"],
    ["hello", "no test key"],
    [`${KEY}'\nX=1`, "no test key"],
  ] as const) {
    const refused = await post("key", { key });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(words);
    expect(refused.text).toContain('aria-invalid="true"');
    expect(refused.text).not.toContain(live);
  }
  expect(asked).toEqual([]);
  await post("key", { key: KEY });
  await post("make");
  const refused = await post("webhook", { secret: "sk_test_instead" });
  expect(refused.text).toContain("no signing secret");
  expect(written).toEqual({});
  expect(await read()).toContain(WEBHOOK_URL);
});

test("what Stripe says against a key is shown without it, and another key can be used", async () => {
  const { post, read } = await browser();
  trouble = `Invalid API Key provided: ${KEY}.`;
  const refused = await post("key", { key: KEY });
  expect(refused.text).toContain("Invalid API Key provided: the key.");
  trouble = null;
  await post("key", { key: KEY });
  expect(await read()).toContain("2 of 3");
  await post("back");
  expect(await read()).toContain("1 of 3");
});

test("no step is taken before the one that comes first, and a form that is too long is not read", async () => {
  const { post, read } = await browser();
  await post("make");
  await post("webhook", { secret: SECRET });
  expect(await read()).toContain("1 of 3");
  expect([asked, written]).toEqual([[], {}]);
  await expect(post("key", { key: "x".repeat(5_000) })).rejects.toThrow();
});

test("its pages load nothing and run nothing, and are kept by nobody", async () => {
  const { post } = await browser();
  const { headers, text } = await post("key", { key: "hello" });
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'nonce-/);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(text).not.toMatch(/<script|<img|<link|src=/);
});
