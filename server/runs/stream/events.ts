// Watching a run, from any instance: what the database has, then what comes live, without gaps or doubles. Live events
// are the database's, only sooner: whenever they do not join, or stay away, the database is read again.

import { sleep } from "../../platform/clock";
import { Feed, put, type Sink } from "../../platform/feed";
import { type Inbox, openInbox } from "../../platform/inbox";
import { patiently } from "../../platform/outage";
import type { TenantScope } from "../../platform/tenant-db";
import { isTerminal, type RunEvent } from "../fold";
import { type RunMessage, runChannel } from "./channel";
import {
  eventsAfter,
  eventsAsReset,
  getWatchedRun,
  leadsOn,
  type PlacedEvent,
  type Position,
  START,
  type WatchedRun,
} from "./event-rows";

/** What a subscriber receives; `id` resumes after it. */
export interface TrackedRunEvent {
  id: string;
  event: RunEvent;
}

/** How long a published event may take to be committed. */
const COMMIT_MS = 60;
/** Silence after which the database is read, in case something was missed. */
const SILENCE_MS = 1_000;

/**
 * The events of one of the person's own runs after `lastEventId` (all of them without one), up to its terminal event.
 * An id that is unknown starts over with a `reset`. Throws `not_found` for a run of someone else. Ends with the signal.
 */
export function runEvents(
  scope: TenantScope,
  runId: string,
  lastEventId: string | null | undefined,
  signal: AbortSignal,
): Feed<TrackedRunEvent> {
  return new Feed(async (sink) => {
    const run = await getWatchedRun(scope, runId);
    const inbox = await openInbox<RunMessage>(runChannel(runId), { signal, silenceMs: SILENCE_MS });
    try {
      await relay({ scope, runId, run, inbox, signal }, parsePosition(lastEventId), sink);
    } finally {
      inbox.close();
    }
  });
}

interface Watch {
  scope: TenantScope;
  runId: string;
  run: WatchedRun;
  inbox: Inbox<RunMessage>;
  signal: AbortSignal;
}

async function relay(watch: Watch, known: Position | null, sink: Sink<TrackedRunEvent>): Promise<void> {
  const { signal } = watch;
  const reset = await patiently(signal, () => resetFor(watch, known));
  if (reset) await put(sink, track(reset));
  let at: Position = reset ?? known ?? START;
  while (!signal.aborted) {
    let hasRead = false;
    for await (const placed of stored(watch, at)) {
      hasRead = true;
      at = placed;
      await put(sink, track(placed));
      if (isTerminal(placed.event)) return;
    }
    if (!hasRead) {
      const end = await patiently(signal, () => endWithoutEvents(watch, at));
      for (const placed of end ?? []) await put(sink, track(placed));
      if (end) return;
    }
    const live = await relayLive(watch, at, sink);
    if (live.isOver) return;
    at = live.at;
  }
}

/** Ends with the terminal event, and with whatever sends the reader to the database. */
async function relayLive(
  { inbox, signal }: Watch,
  from: Position,
  sink: Sink<TrackedRunEvent>,
): Promise<{ at: Position; isOver: boolean }> {
  let at = from;
  let isOver = false;
  let hasGap = false;
  // Each chunk of each answer passes here: in the turn in which it came, and without a promise.
  const pass = (message: RunMessage) => {
    if (isBefore(message, at)) return true;
    const { event } = message;
    hasGap = !event || !joins(message, at);
    if (!event || hasGap) return false;
    at = message;
    isOver = isTerminal(event);
    return sink.take({ id: idOf(message), event }) && !isOver;
  };
  while (await inbox.follow(pass)) {
    if (hasGap) {
      await sleep(COMMIT_MS, signal);
      break;
    }
    if (isOver) break;
    await sink.ready();
  }
  return { at, isOver };
}

function track(placed: PlacedEvent): TrackedRunEvent {
  return { id: idOf(placed), event: placed.event };
}

function idOf({ fence, sequence }: Position): string {
  return `${fence}-${sequence}`;
}

async function* stored(watch: Watch, from: Position): AsyncGenerator<PlacedEvent> {
  let at = from;
  for (;;) {
    const page = await patiently(watch.signal, () => eventsAfter(watch.scope, watch.runId, at));
    yield* page;
    const last = page.at(-1);
    if (!last || watch.signal.aborted) return;
    at = last;
  }
}

// An id from before a crash may name an event that was seen but never committed: the text starts over from what was.
async function resetFor(watch: Watch, known: Position | null): Promise<PlacedEvent | null> {
  const { scope, runId, run } = watch;
  if (!known) return null;
  if (await leadsOn(scope, runId, known)) return null;
  await sleep(COMMIT_MS, watch.signal);
  if (await leadsOn(scope, runId, known)) return null;
  return eventsAsReset(scope, runId, run.base);
}

// Whoever comes back after the terminal event gets nothing more. Events of old runs are cleaned away; what they amounted
// to stands in the message.
async function endWithoutEvents({ scope, runId }: Watch, at: Position): Promise<PlacedEvent[] | null> {
  const run = await getWatchedRun(scope, runId);
  if (!run.ending) return null;
  if ((await eventsAfter(scope, runId, at)).length > 0) return null;
  if (at.sequence > 0 && (await leadsOn(scope, runId, at))) return [];
  const { text, activity, usage } = run.stored;
  const fence = Math.max(run.fence, at.fence, 1);
  return [
    { fence, sequence: at.sequence + 1, event: { type: "reset", text, activity, usage } },
    { fence, sequence: at.sequence + 2, event: run.ending },
  ];
}

function isBefore(message: Position, at: Position): boolean {
  return message.fence < at.fence || (message.fence === at.fence && message.sequence <= at.sequence);
}

function joins(message: Position, at: Position): boolean {
  if (at.fence === 0) return message.fence === 1 && message.sequence === 1;
  return message.fence === at.fence && message.sequence === at.sequence + 1;
}

function parsePosition(id: string | null | undefined): Position | null {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(id ?? "");
  if (!match) return id ? UNKNOWN : null;
  return { fence: Number(match[1]), sequence: Number(match[2]) };
}

/** No run gets there: it leads on from nothing. */
const UNKNOWN: Position = { fence: 2_147_483_647, sequence: 2_147_483_647 };
