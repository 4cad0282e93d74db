// How the benchmarks measure: alternating rounds of two contenders in one run, so that the machine's noise hits both, and
// the median of the rounds' ratios.

import { Agent, request } from "node:http";

export interface Result {
  name: string;
  /** What was measured, ready to print. */
  figures: Record<string, string>;
  /** The number that has a floor (or a ceiling), with both. */
  verdict?: Verdict;
}

export interface Verdict {
  value: number;
  unit: "ratio" | "ms" | "s";
  limit: number;
  goal: number;
  /** "min": the value must not be below its limit; "max": not above. */
  kind: "min" | "max";
}

export type Work = () => Promise<void>;

export interface LoadOptions {
  concurrency: number;
  durationMs: number;
}

/** Completed calls per second of `work` with a fixed number in flight. */
export async function throughput(work: Work, options: LoadOptions): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + options.durationMs;
  let completed = 0;
  const lane = async () => {
    while (performance.now() < endsAt) {
      await work();
      completed += 1;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  return completed / ((performance.now() - startedAt) / 1000);
}

export interface Comparison {
  ratio: number;
  subjectPerSecond: number;
  referencePerSecond: number;
}

const ROUNDS = 7;

/** Throughput of `subject` against `reference`, alternating, after a warm-up of both; medians of the rounds. */
export async function compare(subject: Work, reference: Work, options: LoadOptions): Promise<Comparison> {
  const warmUp = { ...options, durationMs: options.durationMs / 2 };
  await throughput(subject, warmUp);
  await throughput(reference, warmUp);
  const rounds: Comparison[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const subjectPerSecond = await throughput(subject, options);
    const referencePerSecond = await throughput(reference, options);
    rounds.push({ ratio: subjectPerSecond / referencePerSecond, subjectPerSecond, referencePerSecond });
  }
  return {
    ratio: median(rounds.map((round) => round.ratio)),
    subjectPerSecond: median(rounds.map((round) => round.subjectPerSecond)),
    referencePerSecond: median(rounds.map((round) => round.referencePerSecond)),
  };
}

/** `work`, with the milliseconds of each call noted in `times`. */
export function timed(work: Work, times: number[]): Work {
  return async () => {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  };
}

/** Begins `count` calls at a steady rate, however long they take; answers when all have ended. */
export async function steadily(
  work: (n: number) => Promise<unknown>,
  { perSecond, count }: { perSecond: number; count: number },
): Promise<void> {
  const begun: Promise<unknown>[] = [];
  const startedAt = performance.now();
  while (begun.length < count) {
    const dueAt = startedAt + (begun.length * 1_000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(dueAt - performance.now(), 0)));
    const call = work(begun.length);
    // One that fails is heard of when all have ended.
    call.catch(() => {});
    begun.push(call);
  }
  await Promise.all(begun);
}

/** Durations of `count` calls in sequence, in milliseconds. */
export async function durations(work: Work, count: number): Promise<number[]> {
  const times: number[] = [];
  const measured = timed(work, times);
  for (let call = 0; call < count; call += 1) await measured();
  return times;
}

/**
 * The same read of little and of much, in rounds after a warm-up: its times by label, and how much longer the last one takes
 * than the first one, as the median of the rounds.
 */
export async function growth(
  reads: Record<string, Work>,
  { calls, rounds }: { calls: number; rounds: number },
): Promise<{ figures: Record<string, string>; ratio: number }> {
  const entries = Object.entries(reads).map(([label, read]) => ({ label, read, times: [] as number[] }));
  for (const { read } of entries) await durations(read, calls / 2);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const medians: number[] = [];
    for (const { read, times } of entries) {
      const measured = await durations(read, calls);
      times.push(...measured);
      medians.push(median(measured));
    }
    ratios.push((medians.at(-1) ?? 0) / (medians[0] ?? 1));
  }
  const figures = entries.map(({ label, times }) => [`${label} p50 / p99`, spread(times)]);
  return { figures: Object.fromEntries(figures) as Record<string, string>, ratio: median(ratios) };
}

export function median(values: number[]): number {
  return percentile(values, 0.5);
}

/** The value below which this share (0 to 1) of the values lies; NaN of nothing. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface HttpCall {
  url: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** One HTTP call over kept-alive connections; throws unless the answer is a 2xx. Answers the body. */
export function call(options: HttpCall): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      options.url,
      { agent, method: options.method ?? "GET", headers: options.headers ?? {} },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const status = incoming.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(text);
          else reject(new Error(`${options.url} answered ${status}: ${text.slice(0, 300)}`));
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

/** Ends the kept-alive connections. */
export function endCalls(): void {
  agent.destroy();
}

export function rate(perSecond: number): string {
  return `${perSecond.toFixed(0)}/s`;
}

/** The middle and the slow end of these times, ready to print. */
export function spread(times: number[]): string {
  return `${ms(median(times))} / ${ms(percentile(times, 0.99))}`;
}

export function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
