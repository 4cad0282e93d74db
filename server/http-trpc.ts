// /trpc: a thin way from node:http onto tRPC's procedures, with tRPC's own wire format. Queries are GET, mutations are
// POST with application/json; batches are bounded and closed to identity procedures; subscriptions become event streams.

import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { type Context, createContext } from "./context";
import { type Exchange, JSON_TYPE, send } from "./http-exchange";
import { openStream } from "./http-stream";
import { type Call, isBatch, readCalls, tenantSlugOf, withLastEventId } from "./http-trpc-calls";
import { errorShape, toTrpcError } from "./refusals";
import { appRouter } from "./router";

interface Answer {
  status: number;
  body: object;
  retryAfterSeconds?: number | undefined;
}

/** Answers one request under /trpc/. */
export async function answerTrpc(exchange: Exchange): Promise<void> {
  const calls = await readCalls(exchange);
  if (calls === null) return;
  exchange.label = labelOf(calls);
  const context = await contextOf(exchange).catch((error: unknown) => toTrpcError(error));
  if (context instanceof TRPCError) {
    return respond(
      exchange,
      calls.map((call) => refusalOf(exchange, context, call)),
    );
  }
  const [first] = calls;
  if (first?.procedure?._def.type === "subscription" && calls.length === 1 && exchange.method === "GET") {
    const resumed = { ...first, input: withLastEventId(exchange, first.input) };
    return openStream(exchange, first.path, () => invoke(exchange, context, resumed));
  }
  const answers = await Promise.all(calls.map((call) => answerCall(exchange, context, call)));
  respond(exchange, answers);
}

function contextOf(exchange: Exchange): Promise<Context> {
  const { cookie = null, authorization = null, "x-vault-payload": payload } = exchange.req.headers;
  const vaultPayload = payload === undefined ? null : String(payload);
  const headers = { cookie, authorization, vaultPayload, tenantSlug: tenantSlugOf(exchange) };
  return createContext(headers, exchange.info);
}

async function answerCall(exchange: Exchange, context: Context, call: Call): Promise<Answer> {
  try {
    const data = await invoke(exchange, context, call);
    return { status: 200, body: { result: { data } } };
  } catch (thrown) {
    return refusalOf(exchange, thrown, call);
  }
}

function refusalOf(exchange: Exchange, thrown: unknown, { path }: Call): Answer {
  const shape = errorShape(toTrpcError(thrown), { path, requestId: exchange.info.id });
  const { httpStatus: status, retryAfterSeconds } = shape.data;
  return { status, retryAfterSeconds, body: { error: shape } };
}

function invoke(exchange: Exchange, ctx: Context, call: Call): Promise<unknown> {
  const type = call.procedure?._def.type;
  if (call.procedure === undefined || type === undefined) {
    throw new TRPCError({ code: "NOT_FOUND", message: "There is no such procedure." });
  }
  if ((type === "mutation") !== (exchange.method === "POST")) {
    throw new TRPCError({
      code: "METHOD_NOT_SUPPORTED",
      message: `Use ${type === "mutation" ? "POST" : "GET"} here.`,
    });
  }
  if (call.procedure._def.inputs.length === 0 && !isEmpty(call.input)) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "This procedure takes no input." });
  }
  // Absent is the same as empty: a procedure whose fields are all optional can be called without any.
  const input = call.input === undefined && call.procedure._def.inputs.length > 0 ? {} : call.input;
  return callTRPCProcedure({
    router: appRouter,
    path: call.path,
    getRawInput: () => Promise.resolve(input),
    ctx,
    type,
    signal: exchange.info.signal,
    batchIndex: 0,
  });
}

function respond(exchange: Exchange, answers: Answer[]): void {
  const [first] = answers;
  if (first === undefined) return;
  const isSame = answers.every((answer) => answer.status === first.status);
  const body = isBatch(exchange) ? answers.map((answer) => answer.body) : first.body;
  const waits = answers.map((answer) => answer.retryAfterSeconds ?? 0);
  const retryAfter = Math.max(...waits) > 0 ? ["Retry-After", String(Math.max(...waits))] : [];
  send(exchange, isSame ? first.status : 207, [...JSON_TYPE, ...retryAfter], JSON.stringify(body));
}

function labelOf(calls: Call[]): string {
  const [first] = calls;
  if (calls.length > 1) return "/trpc/batch";
  return first?.procedure === undefined ? "/trpc/unknown" : `/trpc/${first.path}`;
}

function isEmpty(input: unknown): boolean {
  if (input === undefined || input === null) return true;
  return typeof input === "object" && Object.keys(input).length === 0;
}
