import { expect, test } from "vitest";
import { isOutage } from "./outage";

const failure = (message: string, code?: string) => Object.assign(new Error(message), code ? { code } : {});

test.each([
  failure("connect ECONNREFUSED", "ECONNREFUSED"),
  failure("terminating connection due to administrator command", "57P01"),
  failure("Database error. Code: `57P01`. Message: `terminating connection`", "P2039"),
  failure("deadlock detected", "40P01"),
  failure("Transaction API error", "P2028"),
  new Error("terminating connection", { cause: { kind: "postgres", code: "57P01" } }),
  new Error("ConnectionClosed", { cause: { kind: "ConnectionClosed" } }),
  new Error("wrapped", { cause: failure("Connection terminated unexpectedly") }),
])("%s may be tried again", (error) => {
  expect(isOutage(error)).toBe(true);
});

test.each([
  failure("Database error. Code: `23514`. Message: `violates check constraint`", "P2039"),
  failure("Unique constraint failed", "P2002"),
  new TypeError("x is not a function"),
  "text",
  new Error("ColumnNotFound", { cause: { kind: "ColumnNotFound", column: "x" } }),
])("%s is a fault of ours", (error) => {
  expect(isOutage(error)).toBe(false);
});
