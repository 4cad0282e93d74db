// npm run stripe:replay — lists Stripe's events that did not end, and replays them. --status failed (or dead, pending, ...)
// with --limit lists them; --event <id> or --dispatch <id> names one. --replay replays what was listed after a
// confirmation (--yes leaves it out), --dry-run only says what would be written. --reason stands in the audit log.

import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { ListStripeEvents, ReplayEvents } from "../server/billing/contract";
import { findDispatchedEvent, listStripeEvents } from "../server/billing/intake/console/events";
import { replayEvents } from "../server/billing/intake/console/replay";
import { closeStores } from "../server/platform/stores";
import { internalRequest } from "../server/request";
import { runCommand } from "./command";

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({
  options: {
    ...{ event: text, dispatch: text, status: text, limit: text, reason: text },
    ...{ replay: flag, "dry-run": flag, yes: flag },
  },
});

async function run(): Promise<string> {
  const eventId = values.dispatch === undefined ? values.event : await findDispatchedEvent(values.dispatch);
  const isDryRun = values["dry-run"];
  if (eventId === undefined && !values.replay && !isDryRun) return list();
  const filter = { status: values.status ?? "failed", ...(values.limit && { limit: Number(values.limit) }) };
  const input = ReplayEvents.parse({
    ...(eventId === undefined ? { filter } : { eventId }),
    dryRun: isDryRun || !values.replay,
    ...(values.reason && { reason: values.reason }),
  });
  if (!input.dryRun && !values.yes && !(await isConfirmed())) return "Nothing was replayed.";
  const replayer = {
    actor: { type: "system", id: null },
    request: internalRequest({ userAgent: "stripe:replay" }),
  } as const;
  const { items } = await replayEvents(replayer, input);
  if (items.length === 0) return "No event fits.";
  const lines = items.flatMap(({ eventId: id, type, handler, before, after, note, changes }) => [
    `${id}  ${type}  ${handler}  ${before === after ? after : `${before} -> ${after}`}  ${note}`,
    ...changes.map(({ kind, table, row }) => `    ${kind} in ${table}: ${row}`),
  ]);
  return lines.join("\n");
}

async function list(): Promise<string> {
  const { items } = await listStripeEvents(
    ListStripeEvents.parse({
      status: values.status ?? "failed",
      ...(values.limit && { limit: Number(values.limit) }),
    }),
  );
  const lines = items.flatMap(({ eventId, type, receivedAt, dispatches }) =>
    dispatches.map(({ handler, status, attempts, lastError }) =>
      [receivedAt, eventId, type, handler, status, `${attempts} attempts`, lastError ?? ""]
        .join("  ")
        .trimEnd(),
    ),
  );
  return lines.length === 0 ? "No event fits." : lines.join("\n");
}

async function isConfirmed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Replay these events? What has ended stays as it is. [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

await runCommand(run, closeStores);
