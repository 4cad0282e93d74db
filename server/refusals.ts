// How errors leave Parley through tRPC: one code table, one shape, nothing of the inside. AppErrors and failed schemas
// say what they mean; whatever else is thrown is logged once and answered without detail.

import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import {
  type TRPC_ERROR_CODE_KEY,
  type TRPC_ERROR_CODE_NUMBER,
  TRPC_ERROR_CODES_BY_KEY,
} from "@trpc/server/rpc";
import { ZodError } from "zod";
import { AppError, type ErrorCode, type ErrorDetails } from "./platform/errors";
import type { Logger } from "./platform/logger";
import { isOutage } from "./platform/outage";
import { invalidInput } from "./platform/validation";

const TRPC_CODE: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  not_found: "NOT_FOUND",
  forbidden: "FORBIDDEN",
  unauthorized: "UNAUTHORIZED",
  invalid: "BAD_REQUEST",
  conflict: "CONFLICT",
  payment_required: "PAYMENT_REQUIRED",
  over_limit: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
};

const RETRY_AFTER_OUTAGE_SECONDS = 2;
const INTERNAL_MESSAGE = "Something went wrong on our side. Please try again.";
const OUTAGE_MESSAGE = "Parley is briefly unavailable. Please try again.";

const logged = new WeakSet<object>();

/** What clients read at `error`: the names of interface.md, flat in `data`. */
export interface ErrorShape {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: ErrorDetails & {
    code: TRPC_ERROR_CODE_KEY;
    httpStatus: number;
    requestId?: string;
    path?: string;
  };
}

/** The refusal inside a thrown error, if it was meant: an AppError, or an input that does not fit its schema. */
export function refusalOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError) return invalidInput(error);
  if (error instanceof TRPCError) return refusalOf(error.cause);
  return null;
}

/** The tRPC error for anything thrown: the code clients see, and the refusal as its cause. */
export function toTrpcError(error: unknown): TRPCError {
  const refusal = refusalOf(error);
  if (refusal)
    return new TRPCError({ code: TRPC_CODE[refusal.code], message: refusal.message, cause: refusal });
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return error;
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (isOutage(cause)) {
    const details = { reason: "overloaded" as const, retryAfterSeconds: RETRY_AFTER_OUTAGE_SECONDS };
    const outage = new AppError("unavailable", OUTAGE_MESSAGE, details);
    return new TRPCError({ code: "SERVICE_UNAVAILABLE", message: outage.message, cause: outage });
  }
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: INTERNAL_MESSAGE, cause });
}

/** The AppError that a door without tRPC answers with: a refusal as it is, an outage, or null for a fault of ours. */
export function appErrorOf(error: unknown): AppError | null {
  return refusalOf(toTrpcError(error));
}

/** Writes the one line a fault of ours gets, however many doors it passes on its way out. Refusals are not faults. */
export function logFault(log: Logger, error: unknown, facts: { procedure?: string } = {}): void {
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (refusalOf(error) || typeof cause !== "object" || cause === null || logged.has(cause)) return;
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return;
  logged.add(cause);
  const event = isOutage(cause) ? "request.outage" : "request.failed";
  log.error({ event, ...facts, err: cause }, "request failed");
}

/** The error as clients see it; no stack, no input, no cause. */
export function errorShape(
  error: TRPCError,
  facts: { path?: string | undefined; requestId?: string | undefined },
): ErrorShape {
  const details = error.cause instanceof AppError ? error.cause.details : {};
  const message = error.code === "INTERNAL_SERVER_ERROR" ? INTERNAL_MESSAGE : error.message;
  const data: ErrorShape["data"] = {
    code: error.code,
    httpStatus: getHTTPStatusCodeFromError(error),
    ...details,
  };
  if (facts.requestId !== undefined) data.requestId = facts.requestId;
  if (facts.path !== undefined) data.path = facts.path;
  return { message, code: TRPC_ERROR_CODES_BY_KEY[error.code], data };
}
