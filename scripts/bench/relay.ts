// Added latency of one streamed chunk: from the provider's write to the browser's read, through Parley and directly, with
// the same number of streams; and what chunks cost the server, and the reading side itself, in processor time.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { v7 as newId } from "uuid";
import { type BenchEnvironment, type RunningProcess, startProcess, TICKER_MODEL } from "./environment";
import { type Chunk, readInstants } from "./instants";
import { call, ms, percentile, type Result } from "./measure";

const STREAM_COUNTS = [1, 50, 200];
export const STREAMS_PER_PERSON = 5;
const P99_LIMIT_MS = 5;
const P99_GOAL_MS = 1.5;
/** Chunks count while all streams run: from so long after the last began, for so long. */
const SETTLE_MS = 1_000;
const MEASURE_MS = 8_000;
/** As the ticker's provider streams. */
const CHUNKS_PER_SECOND = 20;
const CLOCK_TICKS_PER_SECOND = 100;

export async function benchRelay(environment: BenchEnvironment): Promise<Result[]> {
  const provider = await startProcess("ticker-provider.ts", {});
  const bare = await startProcess("relay-server.ts", { PROVIDER_URL: provider.url });
  const app = await startProcess("app-server.ts", tickerSettings(provider), "/readyz");
  const results: Result[] = [];
  try {
    const cookies = await readersOf(environment, Math.max(...STREAM_COUNTS));
    for (const count of STREAM_COUNTS) {
      results.push(await measureCount(environment, { provider, bare, app, count, cookies }));
    }
  } finally {
    await app.stop();
    await bare.stop();
    await provider.stop();
  }
  return results;
}

/** With these the app asks the provider that ticks. */
export function tickerSettings(provider: RunningProcess): Record<string, string> {
  const model = { id: TICKER_MODEL, label: "Ticker", contextTokens: 8000, maxOutputTokens: 1000 };
  return {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: "unused-by-the-ticker",
    MODELS: JSON.stringify([model]),
  };
}

/** Sessions of as many people as so many streams need. */
export async function readersOf(environment: BenchEnvironment, streams: number): Promise<string[]> {
  const cookies: string[] = [];
  while (cookies.length * STREAMS_PER_PERSON < streams) cookies.push(await environment.addPerson());
  return cookies;
}

interface Setting {
  provider: RunningProcess;
  /** Only passes on what the provider streams. */
  bare: RunningProcess;
  app: RunningProcess;
  count: number;
  /** Sessions of people, each of whom may follow a few streams at a time. */
  cookies: string[];
}

async function measureCount(environment: BenchEnvironment, setting: Setting): Promise<Result> {
  const { provider, bare, app, count, cookies } = setting;
  const headersOf = (n: number) => ({
    ...tenantHeaders(environment, app),
    cookie: cookies[Math.floor(n / STREAMS_PER_PERSON)] ?? "",
  });
  const residentBytes = memoryOf(app.pid).residentBytes;
  const end = () => call({ url: `${provider.url}/end`, method: "POST", headers: {}, body: "" });
  const direct = await runStreams({ count, serverPid: provider.pid, end }, (_, begun) =>
    readDirectly(provider, begun),
  );
  const passedOn = await runStreams({ count, serverPid: bare.pid, end }, (_, begun) =>
    readDirectly(bare, begun),
  );
  const relayed = await runStreams({ count, serverPid: app.pid, end }, (n, begun) =>
    readThroughParley(app, headersOf(n), begun),
  );
  const addedBy = ({ latenciesMs }: Streams, share: number) =>
    percentile(latenciesMs, share) - percentile(direct.latenciesMs, share);
  const bothAdded = (streams: Streams) => `${ms(addedBy(streams, 0.5))} / ${ms(addedBy(streams, 0.99))}`;
  const both = ({ latenciesMs }: Streams) =>
    `${ms(percentile(latenciesMs, 0.5))} / ${ms(percentile(latenciesMs, 0.99))}`;
  return {
    name: `relay, ${count} streams`,
    figures: {
      "direct p50 / p99": both(direct),
      "through Parley p50 / p99": both(relayed),
      "added p50 / p99": bothAdded(relayed),
      "added by passing on alone p50 / p99": bothAdded(passedOn),
      "processor per chunk, Parley": `${relayed.serverUs.toFixed(0)} us`,
      "processor per chunk, passing on alone": `${passedOn.serverUs.toFixed(0)} us`,
      "processor per stream, Parley": `${((relayed.serverUs * CHUNKS_PER_SECOND) / 1e4).toFixed(2)} % of a core`,
      "processor per chunk, provider": `${direct.serverUs.toFixed(0)} us`,
      "processor per chunk, reader": `${direct.readerUs.toFixed(0)} us / ${relayed.readerUs.toFixed(0)} us`,
      "memory per stream": `${((memoryOf(app.pid).peakBytes - residentBytes) / count / 1024).toFixed(0)} KiB`,
    },
    ...(count === 200
      ? {
          verdict: {
            value: addedBy(relayed, 0.99),
            unit: "ms",
            limit: P99_LIMIT_MS,
            goal: P99_GOAL_MS,
            kind: "max",
          } as const,
        }
      : {}),
  };
}

interface Streams {
  latenciesMs: number[];
  /** Processor time for each chunk that counts, of the process that wrote it and of this one. */
  serverUs: number;
  readerUs: number;
}

/** What became of the chunks that were written while all streams were running; `end` ends the streams. */
async function runStreams(
  { count, serverPid, end }: { count: number; serverPid: number; end(): Promise<unknown> },
  read: (n: number, begun: () => void) => Promise<Chunk[]>,
): Promise<Streams> {
  const usage = watchUsage([serverPid, process.pid]);
  const begun: Promise<void>[] = [];
  const reading = Promise.all(
    Array.from({ length: count }, (_, n) => {
      const { promise, resolve } = gate();
      begun.push(promise);
      return read(n, resolve);
    }),
  ).finally(usage.stop);
  await Promise.race([Promise.all(begun), reading]);
  const from = performance.timeOrigin + performance.now() + SETTLE_MS;
  await sleep(SETTLE_MS + MEASURE_MS);
  const to = performance.timeOrigin + performance.now();
  await end();
  const counted = (await reading).flat().filter(({ writtenAt }) => writtenAt >= from && writtenAt <= to);
  if (counted.length < count * 20)
    throw new Error(`only ${counted.length} chunks of ${count} streams were written in ${MEASURE_MS} ms`);
  const [serverSeconds = Number.NaN, readerSeconds = Number.NaN] = usage.between(from, to);
  return {
    latenciesMs: counted.map(({ latencyMs }) => latencyMs),
    serverUs: (serverSeconds / counted.length) * 1e6,
    readerUs: (readerSeconds / counted.length) * 1e6,
  };
}

export function gate(): { promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function readDirectly(provider: RunningProcess, begun: () => void): Promise<Chunk[]> {
  const body = JSON.stringify({ model: "ticker", stream: true, messages: [], tools: [{}] });
  return readInstants(`${provider.url}/v1/chat/completions`, { body, headers: {}, begun });
}

/** People do not press Send in the same millisecond: so many questions are being sent at a time. */
const SENDING_MAX = 8;
let sending = 0;

/** Asks a question and answers what was read of its answer, once that has ended; `begun` is called at the first chunk. */
export async function readThroughParley(
  app: RunningProcess,
  headers: Record<string, string>,
  begun: () => void,
): Promise<Chunk[]> {
  while (sending >= SENDING_MAX) await sleep(5);
  sending += 1;
  const runId = await startRun(app, headers).finally(() => {
    sending -= 1;
  });
  const input = encodeURIComponent(JSON.stringify({ runId }));
  return readInstants(`${app.url}/trpc/chat.runEvents?input=${input}`, {
    headers: { ...headers, accept: "text/event-stream" },
    begun,
  });
}

async function startRun(app: RunningProcess, headers: Record<string, string>): Promise<string> {
  const post = async <T>(path: string, input: object) => {
    const text = await call({
      url: `${app.url}/trpc/${path}`,
      method: "POST",
      headers,
      body: JSON.stringify(input),
    });
    return (JSON.parse(text) as { result: { data: T } }).result.data;
  };
  const { conversationId } = await post<{ conversationId: string }>("conversations.create", {});
  const sent = { conversationId, text: "go", clientMessageId: newId() };
  return (await post<{ runId: string }>("chat.send", sent)).runId;
}

/** Headers of the seeded person's browser. */
export function tenantHeaders(environment: BenchEnvironment, app: RunningProcess): Record<string, string> {
  return {
    cookie: environment.cookie,
    origin: app.url,
    "content-type": "application/json",
    "x-parley-tenant": environment.person.slug,
  };
}

const USAGE_INTERVAL_MS = 200;

/** Samples processor time, so that what was used between two instants can be told afterwards. */
function watchUsage(pids: number[]): { stop(): void; between(from: number, to: number): number[] } {
  const samples: { at: number; seconds: number[] }[] = [];
  const timer = setInterval(() => {
    samples.push({ at: performance.timeOrigin + performance.now(), seconds: pids.map(cpuSecondsOf) });
  }, USAGE_INTERVAL_MS);
  return {
    stop: () => clearInterval(timer),
    between(from, to) {
      const within = samples.filter(({ at }) => at >= from && at <= to);
      const [first, last] = [within[0], within.at(-1)];
      if (!first || !last || first === last) return [];
      const share = (to - from) / (last.at - first.at);
      return pids.map((_, n) => ((last.seconds[n] ?? 0) - (first.seconds[n] ?? 0)) * share);
    },
  };
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function memoryOf(pid: number): { residentBytes: number; peakBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return { residentBytes: kilobytes("VmRSS") * 1024, peakBytes: kilobytes("VmHWM") * 1024 };
}
