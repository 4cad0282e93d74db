// What a sink of log lines is, and what a collector is to the sink that ships to it.

import type { DestinationStream } from "pino";
import { counter } from "./metrics";

export interface LogSink extends DestinationStream {
  /** Sends what is still buffered, where that takes time; `flush` comes after it. */
  drain?(): Promise<void>;
  /** Writes out what is still buffered. */
  flush(): void;
}

/** A collector, and how it wants its lines. */
export interface Collector {
  url: string;
  headers: Record<string, string>;
  /** The body of one request; lines are objects of the log schema. */
  encode(lines: Record<string, unknown>[]): unknown;
}

/** What a sink that takes nothing may hold back; lines beyond are dropped. */
export const LOG_BUFFER_BYTES_MAX = 8 * 1024 * 1024;

export const sinkFailuresTotal = counter(
  "log_sink_failures_total",
  "Log lines that the sink refused or dropped",
);
