// The published half of the signing keys (RFC 7517). The document is made once per set of keys and kept in memory; which
// keys there are is asked of the database on every request, so all instances publish the same.

import { config } from "../../platform/config";
import { sha256 } from "../../platform/crypto";
import { LIMITS } from "../../platform/limit-table";
import { counter } from "../../platform/metrics";
import { consumeLimits } from "../../platform/rate-limit";
import { noteLimit, type RequestInfo } from "../../request";
import { type PublishedKeys, readPublishedKeys } from "./signing-keys";

/** Rises when the document's form changes, so that no cache keeps an old one. */
const SCHEMA_VERSION = 1;

const requestsTotal = counter("jwks_requests_total", "Requests for the key set");
const notModifiedTotal = counter("jwks_not_modified_total", "Requests whose key set was current already");

export interface JwksAnswer {
  status: 200 | 304 | 429;
  headers: Record<string, string>;
  body: string | null;
}

interface JwksDocument {
  body: string;
  etag: string;
  lastModified: Date;
}

let cached: { name: string; document: JwksDocument } | undefined;

/** Answers a request for the key set: whole, or that what the asker has is current. Five a second and address. */
export async function readJwks(ifNoneMatch: string | null, request: RequestInfo): Promise<JwksAnswer> {
  requestsTotal.inc();
  const limit = LIMITS["jwks.ip"];
  const state = await consumeLimits([{ name: "jwks.ip", key: request.ip, ...limit }]);
  noteLimit(request.reply, state);
  if (!state.allowed) {
    return { status: 429, headers: { "Retry-After": String(state.retryAfterSeconds) }, body: null };
  }
  const { body, etag, lastModified } = await readJwksDocument();
  const headers = {
    "Cache-Control": `public, max-age=${config().jwks.maxAgeSeconds}, stale-if-error=${config().jwks.maxAgeSeconds}`,
    ETag: etag,
    "Last-Modified": lastModified.toUTCString(),
  };
  if (!matches(ifNoneMatch, etag)) {
    return { status: 200, headers: { ...headers, "Content-Type": "application/jwk-set+json" }, body };
  }
  notModifiedTotal.inc();
  return { status: 304, headers, body: null };
}

/** The document as it is published now. */
export async function readJwksDocument(): Promise<JwksDocument> {
  const published = await readPublishedKeys();
  const name = [...published.keys.map(({ kid }) => kid), published.changedAt.toISOString()].join("|");
  if (cached?.name !== name) cached = { name, document: makeDocument(published) };
  return cached.document;
}

function makeDocument({ keys, changedAt }: PublishedKeys): JwksDocument {
  const set = keys.map(({ kid, algorithm, publicJwk }) => ({
    kty: publicJwk.kty,
    crv: publicJwk.crv,
    x: publicJwk.x,
    kid,
    alg: algorithm,
    use: "sig",
  }));
  const body = JSON.stringify({ keys: set });
  const digest = sha256(`${SCHEMA_VERSION}|${config().jwks.etagSalt}|${body}`).toString("base64url");
  return { body, etag: `"${digest}"`, lastModified: changedAt };
}

/** RFC 9110, 13.1.2: any of the listed tags, compared weakly. */
function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
