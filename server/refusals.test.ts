import { TRPCError } from "@trpc/server";
import { expect, test, vi } from "vitest";
import { AppError } from "./platform/errors";
import type { Logger } from "./platform/logger";
import { errorShape, logFault, toTrpcError } from "./refusals";

test("a refusal keeps its code, status, reason and numbers", () => {
  const details = {
    reason: "usage_limit_exceeded" as const,
    plan: "free",
    limit: "10",
    retryAfterSeconds: 3,
  };
  const error = toTrpcError(new AppError("over_limit", "Enough.", details));
  expect(errorShape(error, { path: "chat.send", requestId: "r1" })).toEqual({
    message: "Enough.",
    code: -32_029,
    data: { code: "TOO_MANY_REQUESTS", httpStatus: 429, path: "chat.send", requestId: "r1", ...details },
  });
});

test("402 is PAYMENT_REQUIRED", () => {
  const shape = errorShape(toTrpcError(new AppError("payment_required", "Pay.")), {});
  expect(shape.data).toMatchObject({ code: "PAYMENT_REQUIRED", httpStatus: 402 });
});

test("a fault of ours says nothing of itself", () => {
  const error = toTrpcError(new Error("SELECT secret FROM users WHERE email = 'a@b.c'"));
  const text = JSON.stringify(errorShape(error, {}));
  expect(text).not.toMatch(/SELECT|a@b|stack|cause/);
  expect(JSON.parse(text).data).toEqual({ code: "INTERNAL_SERVER_ERROR", httpStatus: 500 });
});

test("a database that is away is 503 with a time to come back, also inside other errors", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const shape = errorShape(toTrpcError(new Error("query failed", { cause })), {});
  expect(shape.data).toMatchObject({ httpStatus: 503, reason: "overloaded", retryAfterSeconds: 2 });
});

test("a fault is logged once however many doors it passes; a refusal never is", () => {
  const error = vi.fn();
  const log = { error } as unknown as Logger;
  const fault = new Error("bug");
  logFault(log, fault, { procedure: "a.b" });
  logFault(log, toTrpcError(fault));
  logFault(log, new AppError("not_found", "No."));
  logFault(log, new TRPCError({ code: "NOT_FOUND" }));
  expect(error).toHaveBeenCalledTimes(1);
  expect(error).toHaveBeenCalledWith(
    expect.objectContaining({ event: "request.failed", procedure: "a.b" }),
    expect.any(String),
  );
});
