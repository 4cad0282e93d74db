// Faults of Parley's own, as a test file's log has them.
import { existsSync, readFileSync, truncateSync } from "node:fs";

/** Events of what must not happen. Refusals are no faults, nor are outages of what Parley stands on. */
const FAULTS = ["request.failed", "run.failed", "events.listener_failed", "signs.failed"];

interface Line {
  event: string;
  exc_message?: string;
  fields?: { procedure?: string };
}

/** The faults that were logged since the last look, oldest first: their events, and what is known of them. */
export function takeFaults(): string[] {
  const path = process.env["TEST_FAULT_LOG"] ?? "";
  if (!existsSync(path)) return [];
  const texts = readFileSync(path, "utf8").split("\n");
  const lines = texts.filter((text) => text !== "").map((text) => JSON.parse(text) as Line);
  const faults = lines.filter(({ event }) => FAULTS.includes(event));
  if (faults.length > 0) truncateSync(path);
  return faults.map(
    ({ event, fields, exc_message }) => `${event} ${fields?.procedure ?? ""} ${exc_message ?? ""}`,
  );
}
