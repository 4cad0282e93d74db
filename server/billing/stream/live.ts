// A workspace's events as they happen, from any instance, without gaps or doubles: what the reader missed, then what comes.
// Live events are the database's, only sooner: whenever they do not join, or stay away, the database is read again.

import { type Inbox, openInbox } from "../../platform/inbox";
import { patiently } from "../../platform/outage";
import type { TenantScope } from "../../platform/tenant-db";
import { type BillingEvent, billingChannel } from "./channel";
import { eventsAfter, standAt } from "./event-rows";
import { keptAfter } from "./kept";

/** Silence after which the database is read, in case something was missed. */
const SILENCE_MS = 10_000;

/** Told instead of events that are not told again one by one: the page is to be read anew. */
export interface ResetEvent {
  type: "reset";
}

/** What a page receives; `id` resumes after it. */
export interface TrackedBillingEvent {
  id: string;
  event: BillingEvent | ResetEvent;
}

/**
 * The workspace's events after `lastEventId`, or from now on without one; an id that cannot be gone on from is answered by
 * a `reset`. Ends with the signal.
 */
export async function* liveEvents(
  scope: TenantScope,
  lastEventId: string | null | undefined,
  signal: AbortSignal,
): AsyncGenerator<TrackedBillingEvent> {
  const inbox = await openInbox<BillingEvent>(billingChannel(scope.tenantId), {
    signal,
    silenceMs: SILENCE_MS,
  });
  try {
    const { at: begin, isReset } = await patiently(signal, () => beginning(scope, lastEventId));
    if (isReset) yield { id: String(begin), event: { type: "reset" } };
    let at = begin;
    while (!signal.aborted) {
      for await (const event of stored(scope, at, signal)) {
        at = event.seq;
        yield { id: String(at), event };
      }
      for await (const event of joining(inbox, at)) {
        at = event.seq;
        yield { id: String(at), event };
      }
    }
  } finally {
    inbox.close();
  }
}

async function beginning(scope: TenantScope, lastEventId: string | null | undefined) {
  if (lastEventId === null || lastEventId === undefined) {
    return { at: (await standAt(scope, 0)).last, isReset: false };
  }
  const seq = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : -1;
  const { last, isReplayable } = await standAt(scope, seq);
  return isReplayable ? { at: seq, isReset: false } : { at: last, isReset: true };
}

// What Redis has spares the database; what it has not is read there, and so is what it may not have heard of yet.
async function* stored(scope: TenantScope, from: number, signal: AbortSignal): AsyncGenerator<BillingEvent> {
  for (let at = from; !signal.aborted; ) {
    const { last } = await patiently(signal, () => standAt(scope, at));
    if (last <= at) return;
    const kept = await keptAfter(scope.tenantId, at);
    const page = kept.length > 0 ? kept : await patiently(signal, () => eventsAfter(scope, at));
    yield* page;
    const end = page.at(-1);
    if (!end) return;
    at = end.seq;
  }
}

// Ends with the first event that does not follow, and with whatever sends the reader to the database.
async function* joining(inbox: Inbox<BillingEvent>, from: number): AsyncGenerator<BillingEvent> {
  let at = from;
  for (let event = await inbox.next(); event; event = await inbox.next()) {
    if (event.seq <= at) continue;
    if (event.seq !== at + 1) return;
    at = event.seq;
    yield event;
  }
}
