// The easy set-up of Stripe: a page on this machine alone that leads from a test key to an .env file. Its address holds a
// token that opens it once; from then on a cookie of that browser does. Nothing that was typed is logged or shown again.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readText } from "./request-text";
import { type Step, setupPage } from "./stripe-setup-page";

/** What the pages do at Stripe and to the .env file. Whatever is thrown is shown, without the key. */
export interface SetupDeeds {
  /** What would be made with this key, a line each. */
  plan(key: string): Promise<string[]>;
  /** Makes it; answers what was made, and STRIPE_PRODUCT_PRICE_MAP. */
  make(key: string): Promise<{ made: string[]; priceMap: string }>;
  /** What keeps Stripe's events from arriving, a sentence each. */
  webhookNotes(key: string): Promise<string[]>;
  write(settings: Record<string, string>): void;
}

interface SetupOptions {
  deeds: SetupDeeds;
  webhookUrl: string;
}

export interface SetupServer {
  /** To be opened once. */
  url: string;
  /** Resolves when everything is set up, or with `close`. */
  finished: Promise<void>;
  close(): void;
}

const BODY_LENGTH_MAX = 4_096;
const OPEN_MINUTES = 30;
const KEY = /^(sk|rk)_test_[A-Za-z0-9]{10,250}$/;
const SECRET = /^whsec_[A-Za-z0-9+/=_-]{10,250}$/;
const TEXT_KEY = "This is no test key. It begins with sk_test_ or rk_test_.";
const TEXT_LIVE =
  "This is a key of live mode. Set it up on the server, with npm run stripe:setup; here a test key is enough.";
const TEXT_SECRET = "This is no signing secret. It begins with whsec_.";

/** Listens on 127.0.0.1 at a free port, for half an hour at most. */
export async function openSetupServer(options: SetupOptions): Promise<SetupServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = randomBytes(32).toString("base64url");
  const close = () => {
    clearTimeout(limit);
    server.close();
    server.closeIdleConnections();
  };
  const limit = setTimeout(close, OPEN_MINUTES * 60_000);
  const finished = new Promise<void>((resolve) => server.once("close", resolve));
  const door = openDoor(origin, token);
  const walk = openWalk(options);
  server.on("request", (request, response) => {
    response.setHeader("connection", "close");
    answer({ door, walk, close }, request, response).catch(() => response.destroy());
  });
  return { url: `${origin}/open?token=${token}`, finished, close };
}

type Door = ReturnType<typeof openDoor>;
type Walk = ReturnType<typeof openWalk>;

/** Who may come in: whoever has the token first, and then their browser, from this very page. */
function openDoor(origin: string, token: string) {
  const session = randomBytes(32).toString("base64url");
  let isTokenSpent = false;
  return {
    /** The cookie for whoever brings the token first; null for everybody else. */
    admit(given: string | null): string | null {
      if (isTokenSpent || given === null || !isSame(given, token)) return null;
      isTokenSpent = true;
      return `setup=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    isKnown({ headers, method }: IncomingMessage): boolean {
      const cookies = (headers.cookie ?? "").split("; ").filter((pair) => pair.startsWith("setup="));
      const isOurs = cookies.some((pair) => isSame(pair.slice("setup=".length), session));
      return isOurs && (method === "GET" || headers.origin === origin);
    },
    /** A name that was made to lead here is none of ours. */
    isHere: ({ headers }: IncomingMessage) => `http://${headers.host}` === origin,
  };
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The way through the steps. Each deed answers what is wrong, or null and has taken the step. */
function openWalk({ deeds, webhookUrl }: SetupOptions) {
  let step: Step = { name: "key" };
  let key = "";
  let priceMap = "";
  const actions: Record<string, (form: URLSearchParams) => Promise<string | null>> = {
    key: async (form) => {
      const given = (form.get("key") ?? "").trim();
      if (/^(sk|rk)_live_/.test(given)) return TEXT_LIVE;
      if (!KEY.test(given)) return TEXT_KEY;
      key = given;
      step = { name: "plan", planned: await deeds.plan(key) };
      return null;
    },
    back: async () => {
      key = "";
      step = { name: "key" };
      return null;
    },
    make: async () => {
      if (step.name !== "plan") return null;
      const done = await deeds.make(key);
      priceMap = done.priceMap;
      step = { name: "webhook", made: done.made, webhookUrl, notes: [] };
      return null;
    },
    webhook: async (form) => {
      if (step.name !== "webhook") return null;
      const secret = (form.get("secret") ?? "").trim();
      if (!SECRET.test(secret)) return TEXT_SECRET;
      const notes = await deeds.webhookNotes(key);
      deeds.write({
        STRIPE_SECRET_KEY: key,
        STRIPE_PRODUCT_PRICE_MAP: priceMap,
        STRIPE_WEBHOOK_SECRET: secret,
        ENABLE_BILLING: "true",
      });
      key = "";
      step = { name: "done", notes };
      return null;
    },
  };
  return {
    step: () => step,
    async act(name: string, form: URLSearchParams): Promise<string | null> {
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      const used = key || (form.get("key") ?? "").trim();
      try {
        return (await action?.(form)) ?? null;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return used === "" ? text : text.replaceAll(used, "the key");
      }
    },
  };
}

interface Parts {
  door: Door;
  walk: Walk;
  close(): void;
}

async function answer(
  { door, walk, close }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  const isRead = request.method === "GET";
  if (!door.isHere(request)) return refuse(response, 403);
  if (isRead && pathname === "/open") {
    const cookie = door.admit(searchParams.get("token"));
    if (cookie === null) return refuse(response, 403);
    response.writeHead(303, { ...HEADERS, location: "/", "set-cookie": cookie }).end();
    return;
  }
  if (!door.isKnown(request)) return refuse(response, 403);
  if (isRead) {
    if (pathname !== "/") return refuse(response, 404);
    show(response, walk.step(), null);
    if (walk.step().name === "done") close();
    return;
  }
  const error = await walk.act(
    pathname.slice(1),
    new URLSearchParams(await readText(request, BODY_LENGTH_MAX)),
  );
  if (error !== null) show(response, walk.step(), error);
  else response.writeHead(303, { ...HEADERS, location: "/" }).end();
}

const HEADERS = {
  "cache-control": "no-store",
  // With `no-referrer` a browser would hide where a form comes from.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

function show(response: ServerResponse, step: Step, error: string | null): void {
  const nonce = randomBytes(16).toString("base64");
  response.writeHead(error === null ? 200 : 422, {
    ...HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  });
  response.end(setupPage(step, { nonce, error }));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}
