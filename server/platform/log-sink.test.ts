import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { resetConfig } from "./config";
import { fileSink, openLogSink } from "./log-sink";
import { createLogger } from "./logger";
import { registry } from "./metrics";

// The sink is one setting of the whole configuration, which names a database; nothing connects to it here.
process.env["DATABASE_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
process.env["DATABASE_PLATFORM_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
const folder = mkdtempSync(join(tmpdir(), "parley-logs-"));

afterEach(() => {
  delete process.env["LOG_SINK"];
  resetConfig();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(setting: string) {
  process.env["LOG_SINK"] = setting;
  resetConfig();
  return openLogSink();
}

const failures = async () =>
  (await registry.getSingleMetric("log_sink_failures_total")?.get())?.values[0]?.value ?? 0;

test("a file takes lines of the schema, after those that were there", () => {
  const path = join(folder, "parley.log");
  for (const message of ["first", "second"]) {
    const sink = open(`file:${path}`);
    createLogger(sink, "info", "test").info({ event: "test.line", correlation_id: "r1", extra: 1 }, message);
    sink.flush();
  }
  const lines = readFileSync(path, "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "info", event: "test.line", correlation_id: "r1", message: "first", fields: { extra: 1 } },
    { message: "second" },
  ]);
});

test("none writes nothing", () => {
  const sink = open("none");
  expect(sink.write("a line\n")).toBeUndefined();
  sink.flush();
});

test("a sink that is unknown or cannot be written stops the start and names the setting", () => {
  for (const setting of [
    "syslog",
    "file:",
    "file:relative.log",
    `file:${folder}`,
    `file:${folder}/no/such.log`,
    "datadog",
  ]) {
    expect(() => open(setting), setting).toThrow(/LOG_SINK/);
  }
});

const FULL_DISK = "/dev/full";

test.runIf(existsSync(FULL_DISK))(
  "a file that fails while running costs lines, not the process",
  async () => {
    const sink = fileSink(openSync(FULL_DISK, "w"));
    const before = await failures();
    sink.write("a line\n");
    sink.flush();
    expect(await failures()).toBe(before + 1);
  },
);
