// The world in a file, so that a restart keeps its customers: written beside and renamed, so never half.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Saved, World } from "./world";

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

export function loadSnapshot(world: World, file: string): void {
  if (!existsSync(file)) return;
  const { objects, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Saved;
  Object.assign(world, rest);
  Object.assign(world.objects, objects);
}

export function saveSnapshot(world: World, file: string): void {
  const saved = Object.fromEntries(
    (Object.keys(SAVED) as (keyof Saved)[]).map((name) => [name, world[name]]),
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(saved), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
