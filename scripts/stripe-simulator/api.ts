// One call of the API: who calls, which endpoint, whether it was answered before, and Stripe's envelope around the answer.
import { createHash } from "node:crypto";
import {
  type ApiAnswer,
  type ApiCall,
  answerOf,
  type Call,
  failed,
  idempotency,
  inUseFailure,
  otherParameters,
  replayHeaders,
} from "./envelope";
import { StripeFailure } from "./failure";
import type { Fault, Faults } from "./faults";
import { parseForm } from "./form";
import type { Route } from "./route";
import { newStripeId, type World } from "./world";

const KEY_LENGTH_MAX = 255;
/** Remembered calls; the oldest are forgotten. */
const RECEIVED_MAX = 20_000;

/** What the simulator was asked, for tests of what the application sends. */
export interface Received {
  method: string;
  path: string;
  idempotencyKey: string | null;
  parameters: object;
  requestId: string;
  status: number;
  isReplay: boolean;
}

export interface Api {
  answer(call: ApiCall): ApiAnswer;
  /** The answer has left: its idempotency key is no longer in use. */
  finished(call: ApiCall): void;
  received: Received[];
}

interface ApiParts {
  world: World;
  routes: Route[];
  faults: Faults;
  /** When set, no other key is let in. */
  apiKey: string | null;
}

export function openApi(parts: ApiParts): Api {
  const inUse = new Set<string>();
  const received: Received[] = [];
  return {
    received,
    answer: (call) => {
      const requestId = newStripeId("req");
      const parameters = parseForm(call.method === "GET" ? call.query : call.body || call.query);
      const answer = answerOnce(parts, inUse, { ...call, requestId });
      if (received.length >= RECEIVED_MAX) received.shift();
      received.push({
        method: call.method,
        path: call.path,
        idempotencyKey: keyOf(call),
        parameters,
        requestId,
        status: answer.status,
        isReplay: "idempotent-replayed" in answer.headers,
      });
      return answer;
    },
    finished: (call) => {
      const key = keyOf(call);
      if (key) inUse.delete(key);
    },
  };
}

function keyOf({ headers, method }: ApiCall): string | null {
  const key = headers["idempotency-key"];
  return method === "POST" && typeof key === "string" && key ? key : null;
}

function answerOnce(parts: ApiParts, inUse: Set<string>, call: Call): ApiAnswer {
  const key = keyOf(call);
  try {
    checkCaller(parts, call);
    if (!key) return work(parts, call, null);
    if (key.length > KEY_LENGTH_MAX)
      throw idempotency(400, "Idempotency keys are at most 255 characters long.");
    if (inUse.has(key)) throw inUseFailure(key);
    const kept = parts.world.results[key];
    if (kept && kept.fingerprint !== fingerprintOf(call)) throw otherParameters(key);
    if (kept) return { ...answerOf(call, kept.status, kept.body), headers: replayHeaders(call) };
    const answer = work(parts, call, key);
    if (answer.delayMs > 0) inUse.add(key);
    return answer;
  } catch (failure) {
    return failed(call, failure);
  }
}

function work({ world, routes, faults }: ApiParts, call: Call, key: string | null): ApiAnswer {
  const fault = faults.take(`${call.method} ${call.path}`);
  const isBefore = fault && fault.kind !== "slow" && !fault.isAfterwards;
  if (isBefore) return faulty(world, { call, key, fault });
  world.request = { id: call.requestId, idempotency_key: key };
  const answer = attempt(world, routes, call);
  world.request = { id: null, idempotency_key: null };
  if (fault?.kind === "slow") answer.delayMs = fault.delayMs ?? Number.POSITIVE_INFINITY;
  if (fault && fault.kind !== "slow") {
    if (key && fault.kind === "hang_up" && answer.isKept) keep(world, call, { key, answer });
    return faulty(world, { call, key, fault });
  }
  if (key && answer.isKept) keep(world, call, { key, answer });
  return answer;
}

function attempt(world: World, routes: Route[], call: Call): ApiAnswer & { isKept: boolean } {
  try {
    const { found, id } = routeOf(routes, call);
    const sent = parseForm(call.method === "GET" ? call.query : call.body || call.query);
    const body = JSON.stringify(found.answer(world, id, sent), null, 2);
    return { ...answerOf(call, 200, body), isKept: true };
  } catch (failure) {
    const isKept = failure instanceof StripeFailure && !failure.isBeforeStart;
    return { ...failed(call, failure), isKept };
  }
}

interface Faulty {
  call: Call;
  key: string | null;
  fault: Fault;
}

/** A 500 is the first result of its key, as any other; too many requests are no result. */
function faulty(world: World, { call, key, fault }: Faulty): ApiAnswer {
  if (fault.kind === "hang_up") return { ...answerOf(call, 500, ""), isLost: true };
  const answer =
    fault.kind === "rate_limit"
      ? failed(
          call,
          new StripeFailure(429, {
            type: "rate_limit_error",
            code: "rate_limit",
            message: "Too many requests.",
          }),
        )
      : failed(call, new StripeFailure(500, { type: "api_error", message: "An unknown error occurred." }));
  if (key && fault.kind === "server_error") keep(world, call, { key, answer });
  return answer;
}

function keep(world: World, call: Call, { key, answer }: { key: string; answer: ApiAnswer }): void {
  world.results[key] = {
    fingerprint: fingerprintOf(call),
    status: answer.status,
    body: answer.body,
    at: Math.floor(Date.now() / 1000),
  };
}

function routeOf(routes: Route[], { method, path }: Call): { found: Route; id: string } {
  for (const found of routes) {
    const match = found.method === method ? found.pattern.exec(path) : null;
    if (match) return { found, id: decodeURIComponent(match[1] ?? "") };
  }
  const message = `Unrecognized request URL (${method}: ${path}). The simulator does not speak it.`;
  throw new StripeFailure(404, { type: "invalid_request_error", message }, true);
}

function checkCaller({ apiKey }: ApiParts, { headers }: Call): void {
  const [scheme = "", token = ""] = (headers.authorization ?? "").split(" ");
  const sent = scheme === "Basic" ? (Buffer.from(token, "base64").toString().split(":")[0] ?? "") : token;
  const isKnown = apiKey === null ? /^(sk|rk)_test_/.test(sent) : sent === apiKey;
  if (isKnown) return;
  const message = `Invalid API Key provided: ${sent.slice(0, 8)}${"*".repeat(8)}`;
  throw new StripeFailure(401, { type: "invalid_request_error", message }, true);
}

function fingerprintOf({ method, path, body }: Call): string {
  return createHash("sha256").update(`${method} ${path}\n${body}`).digest("hex");
}
