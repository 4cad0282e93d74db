// Settings of the log: how much of it there is, and where it goes.

import { z } from "zod";

export type LogSinkSetting =
  | { kind: "stdout" | "none" }
  | { kind: "file"; path: string }
  | { kind: "datadog"; apiKey: string; site: string }
  | { kind: "otlp"; endpoint: string };

const FILE = "file:";

/** The settings of the log, as the environment names them. */
export const logEnvironment = {
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).optional(),
  LOG_SINK: z
    .string()
    .regex(
      /^(?:stdout|none|datadog|otlp|file:\/.+)$/,
      "is not stdout, file:/path/of/a/file, datadog, otlp or none",
    )
    .default("stdout"),
  DATADOG_API_KEY: z.string().optional(),
  DATADOG_SITE: z
    .string()
    .regex(/^[a-z0-9.-]+$/, "is not a host name")
    .default("datadoghq.com"),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "is not an http:// or https:// URL" })
    .default("http://otel-collector:4318/v1/logs"),
};

type LogEnvironment = z.output<z.ZodObject<typeof logEnvironment>>;

/** Where lines go. */
export function logSinkSetting(env: LogEnvironment): LogSinkSetting {
  const { LOG_SINK: sink } = env;
  if (sink.startsWith(FILE)) return { kind: "file", path: sink.slice(FILE.length) };
  if (sink === "datadog") return { kind: sink, apiKey: env.DATADOG_API_KEY ?? "", site: env.DATADOG_SITE };
  if (sink === "otlp") return { kind: sink, endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT };
  return { kind: sink === "none" ? "none" : "stdout" };
}

/** A sink without what it needs, in every environment. */
export function logContradictions(env: LogEnvironment): string[] {
  if (env.LOG_SINK !== "datadog" || env.DATADOG_API_KEY) return [];
  return ["LOG_SINK: datadog needs DATADOG_API_KEY"];
}
