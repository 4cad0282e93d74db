// The collectors that log lines can be sent to, and what each calls the fields of a line.

import type { Collector } from "./log-ports";

type Line = Record<string, unknown>;

/** Datadog's HTTP intake, v2: an array of objects; reserved attributes are renamed, the rest stays as it is. */
export function datadogCollector({ apiKey, site }: { apiKey: string; site: string }): Collector {
  return {
    url: `https://http-intake.logs.${site}/api/v2/logs`,
    headers: { "dd-api-key": apiKey },
    encode: (lines) =>
      lines.map(({ ts, level, host, ...rest }) => ({
        ...rest,
        ddsource: "parley",
        ddtags: `env:${rest["environment"]}`,
        hostname: host,
        status: level,
        timestamp: ts,
      })),
  };
}

const LOGS_PATH = "/v1/logs";
/** Severity numbers of OpenTelemetry's log data model. */
const SEVERITY: Record<string, number> = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };
const NANOS_PER_MS = 1_000_000n;

/** An OpenTelemetry collector (OTLP over HTTP with JSON); `endpoint` may stand without the path of logs. */
export function otlpCollector(endpoint: string): Collector {
  const base = endpoint.replace(/\/+$/, "");
  return {
    url: base.endsWith(LOGS_PATH) ? base : `${base}${LOGS_PATH}`,
    headers: {},
    encode: (lines) => ({
      resourceLogs: [
        {
          resource: { attributes: resourceOf(lines[0] ?? {}) },
          scopeLogs: [{ scope: { name: "parley" }, logRecords: lines.map(recordOf) }],
        },
      ],
    }),
  };
}

function resourceOf(line: Line) {
  return [
    attribute("service.name", line["service"]),
    attribute("deployment.environment.name", line["environment"]),
    attribute("host.name", line["host"]),
  ];
}

function recordOf({ ts, level, message, service, environment, host, fields, ...rest }: Line) {
  const at = BigInt(Date.parse(String(ts))) * NANOS_PER_MS;
  return {
    timeUnixNano: at.toString(),
    severityNumber: SEVERITY[String(level)] ?? 0,
    severityText: String(level),
    body: { stringValue: String(message ?? "") },
    attributes: Object.entries({ ...rest, ...(fields as Line | undefined) }).map(([key, value]) =>
      attribute(key, value),
    ),
  };
}

function attribute(key: string, value: unknown) {
  return { key, value: anyValueOf(value) };
}

function anyValueOf(value: unknown): object {
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  return { stringValue: typeof value === "string" ? value : (JSON.stringify(value) ?? "") };
}
