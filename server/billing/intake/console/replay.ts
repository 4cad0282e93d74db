// Replaying events. What did not end is made due again in one audited transaction and handled at once, so that the answer
// says how it ended and not that it waits. What has ended stays as it ended: replaying it changes nothing, and says so.

import type Stripe from "stripe";
import { recordAudit } from "../../../audit/log";
import type { Officer } from "../../../auth/sign-in/officer";
import { now } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { notFound } from "../../../platform/errors";
import { newId } from "../../../platform/ids";
import type { Prisma } from "../../../platform/prisma/client";
import type { RequestInfo } from "../../../request";
import type { ReplayEvents } from "../../contract";
import { HANDLERS } from "../../handlers";
import type { DispatchStatus } from "../../terms";
import { textOf } from "../dispatch/attempts";
import { claimMoney, handleMoney } from "../dispatch/moneys";
import { claimObject, syncObject, wantObject } from "../dispatch/objects";
import type { Handlers, PlatformTx } from "../handler";
import { NO_HANDLER, routesOf } from "../routing";
import { findEventIds } from "./events";
import { previewDispatch, type RowChange } from "./preview";

export interface Replayer {
  actor: { type: "operator"; id: string } | { type: "system"; id: null };
  request: RequestInfo;
}

/** An operator at their desk. */
export function replayerOf({ session, request }: Officer): Replayer {
  return { actor: { type: "operator", id: session.userId }, request };
}

export interface ReplayItem {
  eventId: string;
  type: string;
  handler: string;
  before: DispatchStatus;
  /** How it ended; as before in a dry run. */
  after: DispatchStatus;
  /** What there is to say of it, in a sentence. */
  note: string;
  /** In a dry run: what would be written. */
  changes: RowChange[];
}

const NOTES: Record<DispatchStatus, string> = {
  done: "Handled.",
  ignored: "There was nothing to do.",
  failed: "It failed again, and is tried again by itself.",
  dead: "It was given up again.",
  pending: "It waits for its turn.",
  running: "It is being handled.",
};
const TEXT_UNCHANGED = "It has ended already; nothing changes.";
const TEXT_NOTHING = "Nothing would be written.";

type EventRow = Prisma.StripeEventGetPayload<{ include: { dispatches: true } }>;
type DispatchRow = EventRow["dispatches"][number];

/**
 * Replays an event, or those that fit a filter, the oldest first; answers what became of each dispatch. A dry run writes
 * nothing. Throws `not_found` for no event.
 */
export async function replayEvents(
  replayer: Replayer,
  { eventId, filter, dryRun, reason }: ReplayEvents,
  handlers: Handlers = HANDLERS,
): Promise<{ items: ReplayItem[] }> {
  const ids = filter ? (await findEventIds(filter, filter.limit)).reverse() : eventId ? [eventId] : [];
  const items: ReplayItem[] = [];
  for (const id of ids) {
    if (dryRun) items.push(...(await previewEvent(id, handlers)));
    else items.push(...(await replayEvent(id, { replayer, reason: reason ?? null }, handlers)));
  }
  return { items };
}

interface Deed {
  replayer: Replayer;
  reason: string | null;
}

async function replayEvent(eventId: string, deed: Deed, handlers: Handlers): Promise<ReplayItem[]> {
  const { type, known, due } = await makeDue(eventId, deed, handlers);
  for (const { id, objectId, wantedSeq } of due) {
    if (wantedSeq !== null && objectId !== null) {
      const claimed = await claimObject(objectId);
      if (claimed) await syncObject(claimed, handlers);
    } else {
      const claimed = await claimMoney(id);
      if (claimed) await handleMoney(claimed, handlers);
    }
  }
  const rows = await platformDb().stripeEventDispatch.findMany({
    where: { eventId },
    orderBy: { handler: "asc" },
  });
  return rows.map(({ id, handler, status, lastError }) => {
    const before = known.find((row) => row.id === id)?.status ?? "pending";
    const isReplayed = due.some((row) => row.id === id);
    const note = isReplayed ? [NOTES[status], lastError].filter(Boolean).join(" ") : unchanged(status);
    return { ...{ eventId, type, handler, before, note }, after: status, changes: [] };
  });
}

/** Makes what has not ended due now, and gives handlers that came since their turn. Audited when it changes something. */
async function makeDue(eventId: string, { replayer, reason }: Deed, handlers: Handlers) {
  return platformDb().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM stripe_event_dispatches WHERE event_id = ${eventId} ORDER BY id FOR NO KEY UPDATE`;
    const event = await tx.stripeEvent.findUnique({ where: { eventId }, include: { dispatches: true } });
    if (event === null) throw notFound("Event");
    const known = event.dispatches;
    const added = await addMissing(tx, event, handlers);
    const due: DispatchRow[] = [];
    for (const row of [...known.filter(isOpen), ...added]) due.push(await reset(tx, row, replayer.actor.id));
    if (due.length > 0)
      await recordAudit(tx, {
        tenantId: null,
        actor: replayer.actor,
        action: "stripe_event.replay",
        category: "billing",
        target: { type: "stripe_event", id: eventId },
        metadata: { handlers: due.map(({ handler }) => handler), reason, workspace: event.tenantId },
        request: replayer.request,
      });
    return { type: event.type, known, due };
  });
}

/** Dispatches for handlers that were not there when the event came in. */
async function addMissing(tx: PlatformTx, event: EventRow, handlers: Handlers): Promise<DispatchRow[]> {
  const { eventId, receivedAt, dispatches } = event;
  const routes = routesOf(event.payload as unknown as Stripe.Event, handlers).filter(
    ({ handler }) => !dispatches.some((row) => row.handler === handler),
  );
  if (routes.length === 0) return [];
  await tx.stripeEventDispatch.deleteMany({ where: { eventId, handler: NO_HANDLER } });
  return tx.stripeEventDispatch.createManyAndReturn({
    data: routes.map(({ handler, object }) => ({
      ...{ id: newId(), eventId, handler, receivedAt, status: "pending" as const, nextAt: now() },
      objectId: object?.id ?? null,
    })),
  });
}

async function reset(tx: PlatformTx, row: DispatchRow, replayedBy: string | null): Promise<DispatchRow> {
  const { id, objectId, handler } = row;
  const wantedSeq = objectId === null ? null : await wantObject(tx, { id: objectId, type: handler });
  const nextAt = objectId === null ? now() : null;
  const data = { status: "pending" as const, attempts: 0, nextAt, wantedSeq, replayedBy, replayedAt: now() };
  return tx.stripeEventDispatch.update({ where: { id }, data });
}

async function previewEvent(eventId: string, handlers: Handlers): Promise<ReplayItem[]> {
  const event = await platformDb().stripeEvent.findUnique({
    where: { eventId },
    include: { dispatches: true },
  });
  if (event === null) throw notFound("Event");
  const { type, tenantId, dispatches } = event;
  const payload = event.payload as unknown as Stripe.Event;
  const routes = routesOf(payload, handlers);
  const names = new Set([
    ...dispatches.map(({ handler }) => handler),
    ...routes.map(({ handler }) => handler),
  ]);
  if (routes.length > 0) names.delete(NO_HANDLER);
  const items: ReplayItem[] = [];
  for (const handler of [...names].sort()) {
    const row = dispatches.find((dispatch) => dispatch.handler === handler);
    const before = row?.status ?? "pending";
    const objectId = row?.objectId ?? routes.find((route) => route.handler === handler)?.object?.id ?? null;
    const isDue = row === undefined || isOpen(row);
    const told = isDue
      ? await foretell(() => previewDispatch({ handler, objectId, event: payload, tenantId }, handlers))
      : { note: unchanged(before), changes: [] };
    items.push({ ...{ eventId, type, handler, before, after: before }, ...told });
  }
  return items;
}

async function foretell(
  preview: () => Promise<RowChange[]>,
): Promise<{ note: string; changes: RowChange[] }> {
  try {
    const changes = await preview();
    return { note: changes.length === 0 ? TEXT_NOTHING : "This would be written.", changes };
  } catch (error) {
    return { note: `It would fail. ${textOf(error)}`, changes: [] };
  }
}

function isOpen({ status }: DispatchRow): boolean {
  return status === "pending" || status === "failed" || status === "dead";
}

function unchanged(status: DispatchStatus): string {
  return status === "running" ? NOTES.running : TEXT_UNCHANGED;
}
