// What the rest of the server knows of one request, whatever door it came through. Made by http.ts for requests from
// outside and by `internalRequest` for jobs and tests. Answers are collected in `reply` and written by http.ts alone,
// so that cookies and limit headers come out alike from tRPC, loaders and actions.

import { newId, randomToken } from "./platform/ids";
import { countViolation, type LimitState } from "./platform/rate-limit-store";

export interface Reply {
  /** `Set-Cookie` values, in order. */
  cookies: string[];
  /** The `Set-Cookie` value by which this browser is known again; sent after the others. */
  deviceCookie?: string;
  /** The tightest limit this request was counted against. */
  limit: LimitState | null;
  /** What went through and is to be known all the same: a soft limit that is reached. */
  warning?: "monthly_cap_reached";
  /** Writes the page that was rendered, straight to the connection; a Response then carries status and headers alone. */
  pipePage?: (target: NodeJS.WritableStream) => void;
}

export interface RequestInfo {
  id: string;
  /** The client's address after the trusted proxies, v4-mapped addresses as v4. */
  ip: string;
  userAgent: string;
  /** The `Cookie` header as it came. */
  cookie: string | null;
  /** CSP nonce of this response. */
  nonce: string;
  /** Path and query as they were asked for. */
  url: string;
  /** Aborts when the client goes away. */
  signal?: AbortSignal;
  reply: Reply;
}

const USER_AGENT_LENGTH_MAX = 512;
const NONCE_BYTES = 16;

type RequestFacts = Pick<RequestInfo, "id" | "ip" | "userAgent" | "url" | "cookie">;

/** A request's facts with an empty reply and a nonce that is drawn when it is first asked for. */
export function requestInfo(facts: RequestFacts): RequestInfo {
  let nonce: string | undefined;
  return {
    id: facts.id,
    ip: facts.ip,
    userAgent: facts.userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    url: facts.url,
    cookie: facts.cookie,
    reply: { cookies: [], limit: null },
    get nonce() {
      nonce ??= randomToken(NONCE_BYTES);
      return nonce;
    },
  };
}

/** The request of a job, a script or a test: nobody's browser, no address. */
export function internalRequest(facts: Partial<RequestFacts> = {}): RequestInfo {
  const nobody = { ip: "127.0.0.1", userAgent: "parley-internal", url: "/", cookie: null };
  return requestInfo({ id: newId(), ...nobody, ...facts });
}

/** Keeps the limit that is closest to its end; a refused one always wins, and is counted as a violation. */
export function noteLimit(reply: Reply, state: LimitState): void {
  if (!state.allowed) countViolation(state.name);
  const known = reply.limit;
  const isTighter =
    known === null || (known.allowed && (!state.allowed || state.remaining < known.remaining));
  if (isTighter) reply.limit = state;
}
