// The order of every request: id, host, path, origin, flood brake, body, limits by name, then the doors, /trpc first. Each
// request here fails at two of them, and the earlier one answers.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Answer } from "../tests/factories/ask";
import { FROM_OWN_PAGE, startTestServer, type TestServer } from "../tests/factories/http";
import { resetConfig } from "./platform/config";
import { platformDb } from "./platform/db";
import { GENERAL_LIMIT, LIMITS } from "./platform/limit-table";
import { consumeLimits } from "./platform/rate-limit";
import { countRequest } from "./platform/rate-limit-general";

interface Attempt {
  path: string;
  headers: Record<string, string>;
  body: string;
}

interface Gate {
  name: string;
  /** Makes a request fail here. */
  spoil(attempt: Attempt): unknown;
  /** What this gate answers, and no other. */
  answers: { status: number; message: RegExp };
}

const IP = "127.0.0.1";
const LOGIN_LENGTH_MAX = 16 * 1024;

const GATES: Gate[] = [
  {
    name: "host",
    spoil: (attempt) => {
      attempt.headers["host"] = "evil.example";
    },
    answers: { status: 421, message: /host is not served/ },
  },
  {
    name: "path",
    spoil: (attempt) => {
      attempt.path += "\\";
    },
    answers: { status: 400, message: /path cannot be read/ },
  },
  {
    name: "origin",
    spoil: (attempt) => {
      attempt.headers["origin"] = "https://evil.example";
    },
    answers: { status: 403, message: /own pages/ },
  },
  {
    name: "flood brake",
    spoil: () => {
      // One request a minute: the sums that instances exchange stay small, and other tests have their full number.
      process.env["RATE_LIMIT_SCALE"] = String(1 / GENERAL_LIMIT.points);
      resetConfig();
      countRequest(IP);
    },
    answers: { status: 429, message: /Too many requests/ },
  },
  {
    name: "body",
    spoil: (attempt) => {
      attempt.body = "a".repeat(LOGIN_LENGTH_MAX + 1);
    },
    answers: { status: 413, message: /too large/ },
  },
  {
    name: "limit of signing in",
    spoil: () =>
      consumeLimits([
        { name: "login.ip", key: IP, ...LIMITS["login.ip"], weight: LIMITS["login.ip"].points },
      ]),
    answers: { status: 429, message: /Too many requests/ },
  },
  {
    name: "input",
    spoil: (attempt) => {
      if (attempt.body.length <= LOGIN_LENGTH_MAX) attempt.body = JSON.stringify({ nonsense: true });
    },
    answers: { status: 400, message: /./ },
  },
];

const named = GATES.map((gate) => [gate.name, gate] as const);
const pairs = GATES.flatMap((first, index) =>
  GATES.slice(index + 1).map((second) => [first, second] as const),
);

let web: TestServer;
let pagesAsked = 0;

beforeAll(async () => {
  const notePage = () => {
    pagesAsked += 1;
    return new Response("a page");
  };
  web = await startTestServer({
    "trpc/*": { loader: notePage, action: notePage },
    echo: { action: notePage },
  });
});

afterEach(async () => {
  forgetFlood();
  await platformDb().rateLimitWindow.deleteMany();
});

afterAll(async () => {
  await web.close();
});

function forgetFlood(): void {
  delete process.env["RATE_LIMIT_SCALE"];
  resetConfig();
}

async function attemptFailingAt(gates: readonly Gate[]): Promise<Answer> {
  const attempt: Attempt = {
    path: "/trpc/auth.login",
    headers: { ...FROM_OWN_PAGE },
    body: JSON.stringify({ email: "nobody@order.example", password: "wrong horse battery" }),
  };
  for (const gate of gates) await gate.spoil(attempt);
  return web.ask(attempt.path, { method: "POST", headers: attempt.headers, body: attempt.body });
}

function messageOf(answer: Answer): string {
  return (answer.json() as { error: { message: string } }).error.message;
}

test.each(named)("a request that fails at the %s alone", async (_name, gate) => {
  const answer = await attemptFailingAt([gate]);
  expect(answer.status).toBe(gate.answers.status);
  expect(messageOf(answer)).toMatch(gate.answers.message);
});

test.each(pairs.map(([first, second]) => [first.name, second.name, first, second] as const))(
  "the %s answers before the %s",
  async (_first, _second, first, second) => {
    const answer = await attemptFailingAt([first, second]);
    expect(answer.status).toBe(first.answers.status);
    expect(messageOf(answer)).toMatch(first.answers.message);
  },
);

test.each(named)(
  "the refusal of the %s has an id, the security headers and no-store",
  async (_name, gate) => {
    const { headers } = await attemptFailingAt([gate]);
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toBe("no-store");
  },
);

test("what the host, the path or the origin refuses is not counted against any limit", async () => {
  const counted: Record<string, unknown> = {};
  for (const gate of GATES) {
    counted[gate.name] = (await attemptFailingAt([gate])).headers["x-ratelimit-limit"];
    forgetFlood();
  }
  expect(counted).toEqual({
    "flood brake": "1",
    body: String(GENERAL_LIMIT.points),
    "limit of signing in": String(LIMITS["login.ip"].points),
    input: String(LIMITS["login.ip"].points),
  });
});

test("a body that is too large is not counted against the limit of signing in", async () => {
  const before = await attemptFailingAt([]);
  const body = GATES.filter(({ name }) => name === "body");
  expect((await attemptFailingAt(body)).status).toBe(413);
  const after = await attemptFailingAt([]);
  const remaining = (answer: Answer) => Number(answer.headers["x-ratelimit-remaining"]);
  expect(remaining(after)).toBe(remaining(before) - 1);
});

test("/trpc answers before the pages, whatever pages there are", async () => {
  expect((await web.ask("/trpc/auth.me")).status).toBe(401);
  expect((await web.ask("/trpc/nothing")).status).toBe(404);
  expect(pagesAsked).toBe(0);
  expect((await web.ask("/echo", { method: "POST", headers: FROM_OWN_PAGE })).status).toBe(200);
  expect(pagesAsked).toBe(1);
});
