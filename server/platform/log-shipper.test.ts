import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { sleep } from "./clock";
import { datadogCollector, otlpCollector } from "./log-collectors";
import type { Collector } from "./log-ports";
import { LogShipper } from "./log-shipper";
import { createLogger } from "./logger";
import { registry } from "./metrics";

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

/** A collector that answers with these statuses, the last one for ever. */
async function collector(...statuses: number[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
      response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200).end();
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const plain = (url: string): Collector => ({ url, headers: {}, encode: (lines) => lines });

async function until(isDone: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isDone(); tries += 1) await sleep(10);
  expect(isDone()).toBe(true);
}

const failures = async () =>
  (await registry.getSingleMetric("log_sink_failures_total")?.get())?.values[0]?.value ?? 0;

test("lines that come together leave together, in their order", async () => {
  const { url, received } = await collector(200);
  const shipper = new LogShipper(plain(url), 5);
  for (const n of [1, 2, 3]) shipper.write(`{"n":${n}}\n`);
  await until(() => received.length > 0);
  expect(received.map(({ body }) => body)).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }]]);
});

test("what a collector cannot take now is sent again, what it refuses is counted and lost", async () => {
  const { url, received } = await collector(503, 429, 400, 200);
  const shipper = new LogShipper(plain(url), 60_000);
  const before = await failures();
  shipper.write('{"n":1}\n');
  await shipper.drain();
  await shipper.drain();
  expect(received).toHaveLength(2);
  await shipper.drain();
  expect(await failures()).toBe(before + 1);
  shipper.write('{"n":2}\n');
  await shipper.drain();
  expect(received.map(({ body }) => body)).toEqual([[{ n: 1 }], [{ n: 1 }], [{ n: 1 }], [{ n: 2 }]]);
});

test("a collector that is away costs the lines beyond the buffer and nothing else", async () => {
  const shipper = new LogShipper(plain("http://127.0.0.1:1"), 60_000);
  const before = await failures();
  const line = `${JSON.stringify({ text: "x".repeat(1024 * 1024) })}\n`;
  for (let n = 0; n < 9; n += 1) shipper.write(line);
  await shipper.drain();
  expect(await failures()).toBeGreaterThan(before);
});

test("Datadog gets its reserved attributes and the rest of the line", async () => {
  const { url, received } = await collector(202);
  const shipper = new LogShipper(
    { ...datadogCollector({ apiKey: "key of the test", site: "example.com" }), url },
    60_000,
  );
  createLogger(shipper, "info", "test").warn({ event: "test.line", tenant_id: "t1", rows: 3 }, "three rows");
  await shipper.drain();
  expect(datadogCollector({ apiKey: "k", site: "datadoghq.eu" }).url).toBe(
    "https://http-intake.logs.datadoghq.eu/api/v2/logs",
  );
  expect(received[0]?.headers["dd-api-key"]).toBe("key of the test");
  expect(received[0]?.body).toMatchObject([
    {
      ddsource: "parley",
      ddtags: "env:test",
      service: "parley",
      status: "warn",
      message: "three rows",
      event: "test.line",
      tenant_id: "t1",
      fields: { rows: 3 },
    },
  ]);
});

test("an OpenTelemetry collector gets records of its data model", async () => {
  const { url, received } = await collector(200);
  const shipper = new LogShipper(otlpCollector(`${url}/`), 60_000);
  createLogger(shipper, "info", "test").error(
    { event: "test.line", rows: 3, share: 0.5, isLast: true },
    "no more",
  );
  await shipper.drain();
  expect(otlpCollector("http://collector:4318/v1/logs").url).toBe("http://collector:4318/v1/logs");
  expect(received[0]?.path).toBe("/v1/logs");
  expect(received[0]?.body).toMatchObject({
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: "service.name", value: { stringValue: "parley" } },
            { key: "deployment.environment.name", value: { stringValue: "test" } },
            { key: "host.name" },
          ],
        },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: expect.stringMatching(/^\d{19}$/),
                severityNumber: 17,
                severityText: "error",
                body: { stringValue: "no more" },
                attributes: [
                  { key: "event", value: { stringValue: "test.line" } },
                  { key: "rows", value: { intValue: 3 } },
                  { key: "share", value: { doubleValue: 0.5 } },
                  { key: "isLast", value: { boolValue: true } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
});
