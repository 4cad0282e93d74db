// Where log lines go: standard output, a file, a collector, or nowhere. A sink that cannot be opened stops the start; one
// that fails later costs the lines that it could not take, and never the process.

import { openSync, writeSync } from "node:fs";
import { destination } from "pino";
import { ConfigError, config } from "./config";
import { datadogCollector, otlpCollector } from "./log-collectors";
import { LOG_BUFFER_BYTES_MAX, type LogSink, sinkFailuresTotal } from "./log-ports";
import { LogShipper } from "./log-shipper";

const STANDARD_OUTPUT = 1;

/** Opens the sink that LOG_SINK names. Throws ConfigError when it cannot be written. */
export function openLogSink(): LogSink {
  const { logSink, isTest } = config();
  switch (logSink.kind) {
    case "none":
      return { write: () => undefined, flush: () => undefined };
    case "file":
      return fileSink(openFile(logSink.path));
    case "datadog":
      return new LogShipper(datadogCollector(logSink));
    case "otlp":
      return new LogShipper(otlpCollector(logSink.endpoint));
    default:
      return standardOutput(isTest);
  }
}

/** Appends each line before its writer goes on: nothing waits, so nothing is lost with the process. */
export function fileSink(fd: number): LogSink {
  const write = (line: string) => {
    try {
      writeSync(fd, line);
    } catch {
      sinkFailuresTotal.inc();
    }
  };
  return { write, flush: () => undefined };
}

// Flushing tries for ever what cannot be written, as when the reader of a pipe has gone: then what waits is given up.
function standardOutput(isSynchronous: boolean): LogSink {
  const stream = destination({ fd: STANDARD_OUTPUT, sync: isSynchronous, maxLength: LOG_BUFFER_BYTES_MAX });
  let isBroken = false;
  const flushSync = stream.flushSync.bind(stream);
  stream.flushSync = () => {
    if (!isBroken) flushSync();
  };
  stream.on("write", () => {
    isBroken = false;
  });
  stream.on("error", () => {
    isBroken = true;
    sinkFailuresTotal.inc();
  });
  stream.on("drop", () => sinkFailuresTotal.inc());
  return { write: (line) => void stream.write(line), flush: () => stream.flushSync() };
}

function openFile(path: string): number {
  try {
    return openSync(path, "a", 0o640);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ConfigError([`LOG_SINK: the file cannot be written (${code})`]);
  }
}
