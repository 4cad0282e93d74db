// What a test logs as a fault of Parley's own fails it, whatever else it asserts. A test that provokes one takes it with
// `takeFaults` and says which it was. The lines of a run that asks for a LOG_LEVEL are kept, and it is said where.
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import { takeFaults } from "../factories/faults";

const path = join(tmpdir(), `parley-faults-${process.pid}-${randomUUID()}.log`);
if (process.env["LOG_LEVEL"]) console.log(`log lines: ${path}`);
// Registered first, so it runs last.
else afterAll(() => rmSync(path, { force: true }));
Object.assign(process.env, {
  LOG_LEVEL: process.env["LOG_LEVEL"] ?? "error",
  LOG_SINK: `file:${path}`,
  TEST_FAULT_LOG: path,
});

function expectNone(): void {
  expect(takeFaults(), "faults of Parley's own that the test did not ask for").toEqual([]);
}

afterEach(expectNone);
afterAll(expectNone);
