// Stripe's events as operators look through them: newest first, by keyset, quick however many there are. Events of all
// workspaces, so all of it is the platform role's reading.

import { z } from "zod";
import { isId } from "../../../platform/contract";
import { CursorInstant, decodeCursor, encodeCursor } from "../../../platform/cursor";
import { platformDb } from "../../../platform/db";
import { notFound } from "../../../platform/errors";
import { Prisma } from "../../../platform/prisma/client";
import type { ListStripeEvents, StripeEventQuery } from "../../contract";
import type { DispatchStatus } from "../../terms";

export interface StripeEventItem {
  eventId: string;
  type: string;
  tenantId: string | null;
  /** Null for nobody's, and for a workspace that is no more. */
  tenantName: string | null;
  receivedAt: string;
  deliveryCount: number;
  dispatches: { handler: string; status: DispatchStatus; attempts: number; lastError: string | null }[];
}

interface EventRow {
  eventId: string;
  type: string;
  tenantId: string | null;
  receivedAt: Date;
  deliveryCount: number;
}

const DAY_MS = 86_400_000;
const Position = z.tuple([CursorInstant, z.string().max(255)]);
/** Stands for a workspace that is not there: no event is its. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** A page of events that fit. Throws `invalid` for a cursor that was not made here. */
export async function listStripeEvents({ cursor, limit, ...query }: ListStripeEvents) {
  const after = cursor === undefined ? null : decodeCursor(cursor, Position);
  const rows = await findEvents(query, { after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: await itemsOf(shown),
    nextCursor:
      rows.length > limit && last ? encodeCursor([last.receivedAt.toISOString(), last.eventId]) : null,
  };
}

/** The ids of the newest events that fit. */
export async function findEventIds(query: StripeEventQuery, limit: number): Promise<string[]> {
  return (await findEvents(query, { after: null, limit })).map(({ eventId }) => eventId);
}

/** The event of a dispatch. Throws `not_found`. */
export async function findDispatchedEvent(dispatchId: string): Promise<string> {
  const row = isId(dispatchId)
    ? await platformDb().stripeEventDispatch.findUnique({
        where: { id: dispatchId },
        select: { eventId: true },
      })
    : null;
  if (row === null) throw notFound("Dispatch");
  return row.eventId;
}

interface Range {
  after: [string, string] | null;
  limit: number;
}

async function findEvents(query: StripeEventQuery, { after, limit }: Range): Promise<EventRow[]> {
  const { status, type } = query;
  // A status is the dispatches' own: they are walked in the order of events.
  const at = Prisma.raw(status === undefined ? "e" : "d");
  const conditions = [
    ...(status === undefined ? [] : [Prisma.sql`d.status = ${status}::dispatch_status`]),
    ...(type === undefined ? [] : [Prisma.sql`e.type = ${type}`]),
    ...(query.tenant === undefined
      ? []
      : [Prisma.sql`e.tenant_id = ${await tenantIdOf(query.tenant)}::uuid`]),
    ...(query.from === undefined ? [] : [Prisma.sql`${at}.received_at >= ${new Date(query.from)}`]),
    ...(query.to === undefined ? [] : [Prisma.sql`${at}.received_at < ${dayAfter(query.to)}`]),
    ...(after === null
      ? []
      : [
          Prisma.sql`(${at}.received_at, ${at}.event_id) < (${new Date(after[0])}::timestamptz, ${after[1]})`,
        ]),
  ];
  const where =
    conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, " AND ")}`;
  const columns = Prisma.sql`e.event_id AS "eventId", e.type, e.tenant_id::text AS "tenantId",
    e.received_at AS "receivedAt", e.delivery_count AS "deliveryCount"`;
  return status === undefined
    ? platformDb().$queryRaw<EventRow[]>`
        SELECT ${columns} FROM stripe_events e ${where} ORDER BY e.received_at DESC, e.event_id DESC LIMIT ${limit}`
    : platformDb().$queryRaw<EventRow[]>`
        SELECT DISTINCT ON (d.received_at, d.event_id) ${columns}
          FROM stripe_event_dispatches d JOIN stripe_events e ON e.event_id = d.event_id
          ${where} ORDER BY d.received_at DESC, d.event_id DESC LIMIT ${limit}`;
}

async function itemsOf(rows: EventRow[]): Promise<StripeEventItem[]> {
  const tenantIds = [...new Set(rows.flatMap(({ tenantId }) => (tenantId === null ? [] : [tenantId])))];
  const [dispatches, tenants] = await Promise.all([
    platformDb().stripeEventDispatch.findMany({
      where: { eventId: { in: rows.map(({ eventId }) => eventId) } },
      orderBy: { handler: "asc" },
      select: { eventId: true, handler: true, status: true, attempts: true, lastError: true },
    }),
    platformDb().tenant.findMany({ where: { id: { in: tenantIds } }, select: { id: true, name: true } }),
  ]);
  return rows.map((row) => ({
    ...row,
    receivedAt: row.receivedAt.toISOString(),
    tenantName: tenants.find(({ id }) => id === row.tenantId)?.name ?? null,
    dispatches: dispatches
      .filter(({ eventId }) => eventId === row.eventId)
      .map(({ eventId: _, ...dispatch }) => dispatch),
  }));
}

async function tenantIdOf(named: string): Promise<string> {
  if (isId(named)) return named.toLowerCase();
  const tenant = await platformDb().tenant.findUnique({
    where: { slug: named.toLowerCase() },
    select: { id: true },
  });
  return tenant?.id ?? NOBODY;
}

function dayAfter(day: string): Date {
  return new Date(new Date(day).getTime() + DAY_MS);
}
