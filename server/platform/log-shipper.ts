// Log lines on their way to a collector over HTTP: kept for a second, sent together, tried again while the collector is
// away. What it refuses, or what there is no room for, is counted and lost; what still waits at the end goes to standard
// output. Nobody who logs waits for any of this.

import { writeSync } from "node:fs";
import { type Collector, LOG_BUFFER_BYTES_MAX, type LogSink, sinkFailuresTotal } from "./log-ports";

const STANDARD_OUTPUT = 1;
const GATHER_MS = 1_000;
const LINES_PER_REQUEST_MAX = 500;
const REQUEST_TIMEOUT_MS = 5_000;
const RETRY_MS = { first: 1_000, max: 30_000 };

export class LogShipper implements LogSink {
  private lines: string[] = [];
  private bytes = 0;
  private retryMs = RETRY_MS.first;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  constructor(
    private readonly collector: Collector,
    private readonly gatherMs = GATHER_MS,
  ) {}

  write(line: string): void {
    if (this.bytes + line.length > LOG_BUFFER_BYTES_MAX) {
      sinkFailuresTotal.inc();
      return;
    }
    this.lines.push(line);
    this.bytes += line.length;
    this.sendIn(this.gatherMs);
  }

  /** Sends what waits; gives up at the first failure. */
  async drain(): Promise<void> {
    await this.sending;
    while (this.lines.length > 0) {
      if (!(await this.send())) return;
    }
  }

  flush(): void {
    clearTimeout(this.timer);
    for (const line of this.take(this.lines.length)) writeSync(STANDARD_OUTPUT, line);
  }

  private sendIn(delayMs: number): void {
    if (this.timer || this.sending) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.sending = this.send().then((isDone) => {
        this.sending = undefined;
        this.retryMs = isDone ? RETRY_MS.first : Math.min(this.retryMs * 2, RETRY_MS.max);
        if (this.lines.length > 0) this.sendIn(isDone ? 0 : this.retryMs / 2);
      });
    }, delayMs);
    this.timer.unref();
  }

  /** False when the collector is away: the lines stay. */
  private async send(): Promise<boolean> {
    const count = Math.min(this.lines.length, LINES_PER_REQUEST_MAX);
    const batch = this.lines.slice(0, count).map((line) => JSON.parse(line) as Record<string, unknown>);
    const status = await this.post(JSON.stringify(this.collector.encode(batch)));
    if (status === null || status >= 500 || status === 429) return false;
    this.take(count);
    if (status >= 400) sinkFailuresTotal.inc(count);
    return true;
  }

  private async post(body: string): Promise<number | null> {
    try {
      const answer = await fetch(this.collector.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...this.collector.headers },
        body,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return null;
    }
  }

  private take(count: number): string[] {
    const taken = this.lines.splice(0, count);
    for (const line of taken) this.bytes -= line.length;
    return taken;
  }
}
