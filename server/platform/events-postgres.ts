// Events through PostgreSQL's LISTEN and NOTIFY, for installations without Redis. All instances listen on one channel
// of the database; messages of a few milliseconds travel in one NOTIFY, since each costs a transaction. Instances greet
// each other, and one that knows itself alone sends nothing.

import pg from "pg";
import { sleep } from "./clock";
import type { DriverEvents, EventsDriver } from "./events-driver";
import { randomToken } from "./ids";
import { logger } from "./logger";

const CHANNEL = "parley_events";
const BATCH_MS = 3;
// NOTIFY takes less than 8,000 bytes.
const PAYLOAD_BYTES_MAX = 7_600;
const QUEUE_LENGTH_MAX = 20_000;
const RECONNECT_DELAY_MS = { first: 50, max: 2_000 };
const PROBE_INTERVAL_MS = 10_000;
const GREETING_INTERVAL_MS = 5_000;
/** Whoever has not been heard for so long is gone; and so long nobody who begins to listen takes silence for solitude. */
const PRESENCE_MS = 20_000;
const ACQUAINTANCE_MS = 2_000;

type Message = [channel: string, message: string];

const log = logger("events");

/** The driver on this database, with two connections of its own outside the pool. */
export function postgresEvents(url: string, events: DriverEvents): EventsDriver {
  return new PostgresEvents(url, events);
}

class PostgresEvents implements EventsDriver {
  private readonly origin = randomToken(6);
  private readonly wanted = new Set<string>();
  private readonly closing = new AbortController();
  private queue: Message[] = [];
  private isSending = false;
  private sending = Promise.resolve();
  private readonly lastHeardMs = new Map<string, number>();
  /** Until when others have to be reckoned with; endless while nobody could be heard. */
  private presenceUntilMs = Number.POSITIVE_INFINITY;
  private listener: pg.Client | undefined;
  private sender: pg.Client | undefined;
  private readonly listening: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly events: DriverEvents,
  ) {
    let isListening: () => void = () => {};
    this.listening = new Promise((resolve) => {
      isListening = resolve;
    });
    void this.keepListening(isListening);
  }

  hasListeners(): boolean {
    return performance.now() < this.presenceUntilMs;
  }

  publish(channel: string, message: string): void {
    if (this.queue.length >= QUEUE_LENGTH_MAX) return;
    this.queue.push([channel, message]);
    if (!this.isSending) this.sending = this.send();
  }

  async subscribe(channel: string): Promise<void> {
    this.wanted.add(channel);
    await this.listening;
  }

  unsubscribe(channel: string): void {
    this.wanted.delete(channel);
  }

  async close(): Promise<void> {
    this.closing.abort();
    // What was published just before goes out, on a connection that may not be there yet and would keep a command alive.
    await this.sending;
    await Promise.allSettled([this.listener?.end(), this.sender?.end()]);
  }

  // The first connection resolves `subscribe`, also when it fails: who waits has the database to read.
  private async keepListening(isListening: () => void): Promise<void> {
    let delayMs = RECONNECT_DELAY_MS.first;
    let hasConnected = false;
    while (!this.closing.signal.aborted) {
      try {
        const { ended } = await this.listen();
        if (hasConnected) this.events.onReconnect();
        hasConnected = true;
        delayMs = RECONNECT_DELAY_MS.first;
        isListening();
        await ended;
      } catch (error) {
        if (!this.closing.signal.aborted) log.warn({ event: "events.down", err: error }, "not listening");
      }
      isListening();
      await sleep(delayMs, this.closing.signal);
      delayMs = Math.min(delayMs * 2, RECONNECT_DELAY_MS.max);
    }
  }

  // In an object, since an async function that returns a promise waits for it.
  private async listen(): Promise<{ ended: Promise<void> }> {
    const client = this.connect();
    this.listener = client;
    const ended = new Promise<void>((resolve) => {
      client.once("end", () => resolve());
    });
    client.on("notification", ({ payload }) => this.receive(payload ?? ""));
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    this.probe(client);
    this.meetOthers(client);
    return { ended };
  }

  // Others answer a greeting with their own. Who cannot hear them reckons with them.
  private meetOthers(client: pg.Client): void {
    this.presenceUntilMs = performance.now() + Math.max(ACQUAINTANCE_MS, this.presenceLeftMs());
    const greet = () => this.greet(client);
    greet();
    const timer = setInterval(greet, GREETING_INTERVAL_MS);
    timer.unref();
    client.once("end", () => {
      clearInterval(timer);
      this.presenceUntilMs = Number.POSITIVE_INFINITY;
    });
  }

  private presenceLeftMs(): number {
    const lastHeardMs = Math.max(...this.lastHeardMs.values());
    return lastHeardMs + PRESENCE_MS - performance.now();
  }

  private greet(client: pg.Client): void {
    client
      .query("SELECT pg_notify($1, $2)", [CHANNEL, JSON.stringify([this.origin, []])])
      .catch(() => client.end().catch(() => {}));
  }

  private hear(origin: string): void {
    const now = performance.now();
    const isNew = (this.lastHeardMs.get(origin) ?? Number.NEGATIVE_INFINITY) + PRESENCE_MS < now;
    this.lastHeardMs.set(origin, now);
    this.presenceUntilMs = Math.max(this.presenceUntilMs, now + PRESENCE_MS);
    if (isNew && this.listener) this.greet(this.listener);
  }

  // A connection whose other end vanished without a word is noticed by asking.
  private probe(client: pg.Client): void {
    const timer = setInterval(() => {
      client.query("SELECT 1").catch(() => client.end().catch(() => {}));
    }, PROBE_INTERVAL_MS);
    timer.unref();
    client.once("end", () => clearInterval(timer));
  }

  private receive(payload: string): void {
    const [origin, messages] = JSON.parse(payload) as [string, Message[]];
    if (origin === this.origin) return;
    this.hear(origin);
    for (const [channel, message] of messages) {
      if (this.wanted.has(channel)) this.events.onMessage(channel, message);
    }
  }

  private async send(): Promise<void> {
    this.isSending = true;
    await sleep(BATCH_MS);
    while (this.queue.length > 0) {
      const payload = this.takePayload();
      try {
        this.sender ??= await this.connectSender();
        await this.sender.query("SELECT pg_notify($1, $2)", [CHANNEL, payload]);
      } catch {
        this.sender?.end().catch(() => {});
        this.sender = undefined;
        this.queue = [];
      }
    }
    this.isSending = false;
  }

  private takePayload(): string {
    let bytes = 0;
    let count = 0;
    for (const [channel, message] of this.queue) {
      bytes += Buffer.byteLength(JSON.stringify([channel, message])) + 1;
      if (count > 0 && bytes > PAYLOAD_BYTES_MAX) break;
      count += 1;
    }
    return JSON.stringify([this.origin, this.queue.splice(0, count)]);
  }

  private async connectSender(): Promise<pg.Client> {
    const client = this.connect();
    await client.connect();
    client.once("end", () => {
      if (this.sender === client) this.sender = undefined;
    });
    return client;
  }

  private connect(): pg.Client {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: "parley-events",
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    });
    client.on("error", () => {});
    return client;
  }
}
