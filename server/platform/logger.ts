// One JSON object per line, in the fields of the log schema (requirements R4): what a caller passes beside the known
// names goes under `fields`, errors under `exc_*`. Everything that leaves is redacted here, whoever wrote it.

import { hostname } from "node:os";
import { type DestinationStream, type Logger as PinoLogger, pino } from "pino";
import { config } from "./config";
import type { LogSink } from "./log-ports";
import { openLogSink } from "./log-sink";
import { redactError, redactText, redactValue } from "./redaction";

export type Logger = PinoLogger;

const TOP_LEVEL = new Set(["event", "correlation_id", "tenant_id", "user_id", "worker_id"]);

let root: PinoLogger | undefined;
let sink: LogSink | undefined;

/**
 * A logger that names its part of the process. Call as pino: `log.info({ event: "mail.sent", attempts: 2 }, "mail sent")`;
 * an error goes under `err`. Inputs, addresses and secrets do not belong in a line; what slips through is redacted.
 */
export function logger(name: string): Logger {
  return lazy(() => rootLogger().child({ logger: name }));
}

/** A logger onto a given stream, with the same schema and redaction; the root is one of these. */
export function createLogger(stream: DestinationStream, level: string, environment: string): Logger {
  return pino(
    {
      level,
      messageKey: "message",
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      base: { service: "parley", environment, host: hostname() },
      formatters: { level: (label) => ({ level: label }), log: arrange },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg) => (typeof arg === "string" ? redactText(arg) : arg)) as typeof args,
          );
        },
      },
    },
    stream,
  );
}

/** Opens the sink. Throws ConfigError when it cannot be written: a start that would leave no trace is none. */
export function openLogs(): void {
  rootLogger();
}

/** Sends what a collector has not yet got; before the last lines are flushed. */
export async function drainLogs(): Promise<void> {
  await sink?.drain?.();
}

/** Writes out what is still buffered; the last thing a process does. */
export function flushLogs(): void {
  sink?.flush();
}

function rootLogger(): PinoLogger {
  if (root) return root;
  const { isProduction, isTest, logLevel } = config();
  const environment = isProduction ? "production" : isTest ? "test" : "development";
  sink = openLogSink();
  root = createLogger(sink, logLevel, environment);
  return root;
}

function arrange(line: object): Record<string, unknown> {
  const arranged: Record<string, unknown> = {};
  const fields: Record<string, unknown> = {};
  let hasFields = false;
  for (const [key, value] of Object.entries(line)) {
    if (key === "err") Object.assign(arranged, redactError(value));
    else if (TOP_LEVEL.has(key)) arranged[key] = value;
    else {
      fields[key] = redactValue(key, value);
      hasFields = true;
    }
  }
  if (hasFields) arranged["fields"] = fields;
  return arranged;
}

// Modules name their logger when they are loaded, before tests and scripts have set the environment; the real one is
// made at the first line.
function lazy(make: () => PinoLogger): PinoLogger {
  let made: PinoLogger | undefined;
  return new Proxy({} as PinoLogger, {
    get(_target, property) {
      made ??= make();
      const value: unknown = Reflect.get(made, property, made);
      return typeof value === "function" ? value.bind(made) : value;
    },
  });
}
