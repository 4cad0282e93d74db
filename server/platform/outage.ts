// Which failures mean "a thing we stand on is away or overloaded, try again" rather than "this code is wrong".

import { sleep } from "./clock";

const SYSTEM_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);

// Prisma: unreachable, timed out, connection closed, pool exhausted, transaction could not start, write conflict.
const PRISMA_CODES = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2034", "P2037"]);

// PostgreSQL classes: 08 connection, 53 resources, 57P shutdown and crash, 40 serialization and deadlock, 55P03 lock.
const SQL_STATE = /^(08...|53...|57P0.|40001|40P01|55P03|25006)$/;

// Prisma passes on what its driver saw, such as a shutdown in the middle of a query, with the SQLSTATE in the text.
const PRISMA_DRIVER_CODE = /Code: `(\w{5})`/;

const DRIVER_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|connection ended|not queryable|server closed the connection|connection is closed|not currently accepting connections/i;

// What Prisma's driver adapter names by kind, in a cause that is no Error.
const ADAPTER_KINDS = new Set([
  "ConnectionClosed",
  "DatabaseNotReachable",
  "SocketTimeout",
  "TooManyConnections",
  "TransactionWriteConflict",
]);

const CAUSE_DEPTH_MAX = 4;
/** Pause before what is away is asked again. */
const RETRY_PAUSE_MS = 300;

/** True when the same call may well succeed a little later. */
export function isOutage(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < CAUSE_DEPTH_MAX && isRecord(current); depth += 1) {
    if (isOutageItself(current)) return true;
    current = current["cause"];
  }
  return false;
}

/** Reads again and again through an outage: a stream outlives one. Throws once the signal aborts, and whatever else it is. */
export async function patiently<T>(signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (signal.aborted || !isOutage(error)) throw error;
      await sleep(RETRY_PAUSE_MS, signal);
    }
  }
}

function isOutageItself({ code, kind, message }: Record<string, unknown>): boolean {
  if (typeof code === "string") {
    if (SYSTEM_CODES.has(code) || PRISMA_CODES.has(code) || SQL_STATE.test(code)) return true;
  }
  if (typeof kind === "string" && ADAPTER_KINDS.has(kind)) return true;
  if (typeof message !== "string") return false;
  const driverCode = PRISMA_DRIVER_CODE.exec(message)?.[1];
  if (driverCode && SQL_STATE.test(driverCode)) return true;
  return DRIVER_MESSAGE.test(message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
