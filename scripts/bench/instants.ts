// The reading end of a stream of instants: a socket and one buffer for all that comes on it. It makes next to no garbage
// and takes no HTTP apart, so that neither its own collections nor its share of the cores count as somebody's latency.

import { connect } from "node:net";

export interface Chunk {
  /** Milliseconds since the epoch. */
  writtenAt: number;
  latencyMs: number;
}

export interface StreamRequest {
  /** Asked for with POST when there is one. */
  body?: string;
  headers: Record<string, string>;
  /** Called at the first instant. */
  begun(): void;
}

const BUFFER_BYTES = 65_536;
const CHUNKS_MAX = 4_096;
const SUCCESS = "HTTP/1.1 200 ";

/** Reads a stream until the server closes it and answers how old each instant in it was on arrival. */
export function readInstants(url: string, request: StreamRequest): Promise<Chunk[]> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const arrivals = new Arrivals();
    let beginning = "";
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: Buffer.alloc(BUFFER_BYTES),
        callback(length, bytes) {
          const arrivedAt = performance.timeOrigin + performance.now();
          const isFirst = arrivals.count === 0;
          if (isFirst) beginning += Buffer.from(bytes.subarray(0, length)).toString();
          arrivals.note(bytes, length, arrivedAt);
          if (isFirst && arrivals.count > 0) request.begun();
          return true;
        },
      },
    });
    socket.on("error", reject);
    socket.on("close", () => {
      if (beginning.startsWith(SUCCESS) && arrivals.count > 0) resolve(arrivals.chunks());
      else reject(new Error(`${url} streamed nothing; it began with ${beginning.slice(0, 400)}`));
    });
    socket.write(formatRequest(url, request));
  });
}

// The server closes the connection behind its answer: that is how its end is known here.
function formatRequest(url: string, { body, headers }: StreamRequest): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({
    host,
    connection: "close",
    "content-type": "application/json",
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return [`${body ? "POST" : "GET"} ${pathname}${search} HTTP/1.1`, ...lines, "", body ?? ""].join("\r\n");
}

const [ZERO, NINE, POINT] = [48, 57, 46];
/** An instant is written as milliseconds with three decimals. */
const WHOLE_DIGITS = 13;
const DECIMALS = 3;

/** The instants that were found, and how old they were. */
class Arrivals {
  count = 0;
  private readonly writtenAt = new Float64Array(CHUNKS_MAX);
  private readonly latencyMs = new Float64Array(CHUNKS_MAX);

  /** Notes each instant in these bytes; one that is cut in two by their end is left out. */
  note(bytes: Uint8Array, length: number, arrivedAt: number): void {
    let digits = 0;
    let value = 0;
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) {
        digits += 1;
        value = value * 10 + byte - ZERO;
        continue;
      }
      if (byte === POINT && digits === WHOLE_DIGITS && at + DECIMALS < length && this.count < CHUNKS_MAX) {
        this.add(value + decimals(bytes, at + 1), arrivedAt);
      }
      digits = 0;
      value = 0;
    }
  }

  chunks(): Chunk[] {
    return Array.from({ length: this.count }, (_, n) => ({
      writtenAt: this.writtenAt[n] ?? 0,
      latencyMs: this.latencyMs[n] ?? 0,
    }));
  }

  private add(writtenAt: number, arrivedAt: number): void {
    this.writtenAt[this.count] = writtenAt;
    this.latencyMs[this.count] = arrivedAt - writtenAt;
    this.count += 1;
  }
}

function decimals(bytes: Uint8Array, from: number): number {
  let value = 0;
  for (let at = from; at < from + DECIMALS; at += 1) value = value * 10 + (bytes[at] ?? ZERO) - ZERO;
  return value / 10 ** DECIMALS;
}
