// What a request under /trpc/ asks for: paths, inputs, tenant. What cannot be read is refused here.

import type { AnyTRPCProcedure } from "@trpc/server";
import { type Exchange, refuse } from "./http-exchange";
import { readBody } from "./platform/http-body";
import { appRouter } from "./router";

const PREFIX_LENGTH = "/trpc/".length;
const BATCH_SIZE_MAX = 10;
const BODY_LENGTH_MAX = 256 * 1024;
const IDENTITY_BODY_LENGTH_MAX = 16 * 1024;
/** Who somebody is, and what takes a secret that lets somebody in. */
const IDENTITY = new RegExp(
  `^(?:${[
    "(?:auth|mfa|email|account|signup|sessions|serviceAccounts)\\..+",
    "members\\.(?:previewInvite|openDoor|signUp|acceptInvite)",
    "admin\\.users\\.resetPassword",
  ].join("|")})$`,
);

// Flat by path at run time ("chat.send"); its type nests.
const procedures = appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure | undefined>;

export interface Call {
  path: string;
  procedure: AnyTRPCProcedure | undefined;
  input: unknown;
}

/** The calls of a request; null when it could not be read and its refusal is already sent. */
export async function readCalls(exchange: Exchange): Promise<Call[] | null> {
  const isBatched = isBatch(exchange);
  const paths = pathsOf(exchange.path, isBatched);
  const fault = paths === null ? "The path cannot be read." : batchFault(paths);
  if (paths === null || fault !== null) {
    refuse(exchange, { status: 400, code: "BAD_REQUEST", message: fault ?? "" });
    return null;
  }
  const raw =
    exchange.method === "GET" ? parameter(exchange.query, "input") : await readText(exchange, paths);
  if (raw === undefined) return null;
  const inputs = raw === "" ? undefined : parseJson(raw);
  if (inputs instanceof SyntaxError) {
    refuse(exchange, { status: 400, code: "BAD_REQUEST", message: "The input is not valid JSON." });
    return null;
  }
  return paths.map((path, index) => ({
    path,
    procedure: Object.hasOwn(procedures, path) ? procedures[path] : undefined,
    input: isBatched ? (inputs as Record<number, unknown> | undefined | null)?.[index] : inputs,
  }));
}

// undefined means that the refusal is already sent.
async function readText(exchange: Exchange, paths: string[]): Promise<string | undefined> {
  const type = exchange.req.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (exchange.method !== "POST") {
    refuse(exchange, {
      status: 405,
      code: "METHOD_NOT_SUPPORTED",
      message: "Use GET for queries and POST for mutations.",
    });
    return undefined;
  }
  const hasBody =
    exchange.req.headers["transfer-encoding"] !== undefined ||
    Number(exchange.req.headers["content-length"] ?? 0) > 0;
  if (hasBody && type !== "application/json") {
    refuse(exchange, { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "Send application/json." });
    return undefined;
  }
  const lengthMax = paths.some((path) => IDENTITY.test(path)) ? IDENTITY_BODY_LENGTH_MAX : BODY_LENGTH_MAX;
  const body = await readBody(exchange.req, lengthMax);
  if (body !== null) return body.toString("utf8");
  refuse(exchange, {
    status: 413,
    code: "PAYLOAD_TOO_LARGE",
    message: "The request is too large.",
    reason: "payload_too_large",
  });
  return undefined;
}

function pathsOf(path: string, isBatched: boolean): string[] | null {
  let name = path.slice(PREFIX_LENGTH);
  if (name.includes("%")) {
    try {
      name = decodeURIComponent(name);
    } catch {
      return null;
    }
  }
  return isBatched ? name.split(",") : [name];
}

function batchFault(paths: string[]): string | null {
  if (paths.length > BATCH_SIZE_MAX) return `A batch holds at most ${BATCH_SIZE_MAX} calls.`;
  if (paths.length > 1 && paths.some((path) => IDENTITY.test(path))) return "Identity calls are not batched.";
  return null;
}

/** A subscription's input with the last id its client knows: a browser that reconnects sends it by header. */
export function withLastEventId(exchange: Exchange, input: unknown): unknown {
  const header = exchange.req.headers["last-event-id"];
  const lastEventId = header === undefined ? parameter(exchange.query, "lastEventId") : String(header);
  if (lastEventId === "" || (typeof input !== "object" && input !== undefined)) return input;
  return { ...input, lastEventId };
}

/** The tenant the client names; event streams cannot send headers and name it in `connectionParams`. */
export function tenantSlugOf(exchange: Exchange): string | null {
  const header = exchange.req.headers["x-parley-tenant"];
  if (header !== undefined) return String(header);
  const parameters = parameter(exchange.query, "connectionParams");
  const parsed = parameters === "" ? null : parseJson(parameters);
  const tenant: unknown =
    parsed instanceof SyntaxError ? null : (parsed as { tenant?: unknown } | null)?.tenant;
  return typeof tenant === "string" ? tenant : null;
}

/** True when paths and inputs come as a batch. */
export function isBatch({ query }: Exchange): boolean {
  return query.includes("batch=1") && parameter(query, "batch") === "1";
}

function parameter(query: string, name: string): string {
  if (!query.includes(name)) return "";
  return new URLSearchParams(query).get(name) ?? "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new SyntaxError("not JSON");
  }
}
