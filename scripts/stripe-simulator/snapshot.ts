// The world in a file, so that a restart keeps its customers: written beside and renamed, so never half.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Saved, secondsNow, type World } from "./world";

const SAVED: Record<keyof Saved, true> = {
  objects: true,
  deletedCustomers: true,
  behaviours: true,
  checkouts: true,
  pendingLines: true,
  secrets: true,
  announced: true,
  clockOffsetSeconds: true,
  invoiceNumber: true,
  results: true,
  undelivered: true,
};

/** As long as Stripe promises: events for 30 days, results of idempotency keys for at least a day. */
const EVENTS_KEPT_SECONDS = 30 * 86_400;
const RESULTS_KEPT_SECONDS = 2 * 86_400;

export function loadSnapshot(world: World, file: string): void {
  if (!existsSync(file)) return;
  const { objects, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Saved;
  Object.assign(world, rest);
  Object.assign(world.objects, objects);
  forget(world);
}

function forget(world: World): void {
  const now = Math.floor(Date.now() / 1000);
  const oldest = secondsNow(world) - EVENTS_KEPT_SECONDS;
  world.objects.event = keepIf(world.objects.event, ({ created }) => created >= oldest);
  world.results = keepIf(world.results, ({ at }) => at >= now - RESULTS_KEPT_SECONDS);
}

function keepIf<Value>(
  record: Record<string, Value>,
  isKept: (value: Value) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => isKept(value)));
}

export function saveSnapshot(world: World, file: string): void {
  const saved = Object.fromEntries(
    (Object.keys(SAVED) as (keyof Saved)[]).map((name) => [name, world[name]]),
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(saved), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  world.isDirty = false;
}
