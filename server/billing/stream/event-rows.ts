// What a workspace was told, as the database has it.

import { z } from "zod";
import { fromNow } from "../../platform/clock";
import { decodeCursor, encodeCursor } from "../../platform/cursor";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import type { ListBillingEvents } from "../contract";
import { REPLAY_EVENTS_MAX, REPLAY_HOURS } from "../terms";
import type { BillingEvent } from "./channel";

const PAGE_ROWS = 200;
const HOUR_MS = 3_600_000;

const AFTER = {
  name: "billing_events_after",
  text: `SELECT seq::int, type, payload, created_at FROM billing_stream_events
          WHERE tenant_id = $1 AND seq > $2 ORDER BY billing_stream_events.seq LIMIT ${PAGE_ROWS}`,
};
const BEFORE = {
  name: "billing_events_before",
  text: `SELECT seq::int, type, payload, created_at FROM billing_stream_events
          WHERE tenant_id = $1 AND seq < $2 ORDER BY billing_stream_events.seq DESC LIMIT $3`,
};
const STAND = {
  name: "billing_events_stand",
  text: `SELECT (SELECT seq::int FROM billing_stream_heads WHERE tenant_id = $1) AS last,
                (SELECT created_at FROM billing_stream_events WHERE tenant_id = $1 AND seq = $2::bigint + 1) AS next_at`,
};

interface Row extends Record<string, unknown> {
  seq: number;
  type: BillingEvent["type"];
  payload: Record<string, unknown>;
  created_at: Date;
}

const Position = z.tuple([z.int().min(1).max(Number.MAX_SAFE_INTEGER)]);

/**
 * A page of what the workspace was told, newest first. `lastEventId` is how far the first page goes: what is told after
 * it comes live. Throws `invalid` for a cursor that was not made here.
 */
export async function listBillingEvents(scope: TenantScope, { cursor, limit }: ListBillingEvents) {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, Position)[0];
  const rows = await queryTenant<Row>(scope, { ...BEFORE, values: [scope.tenantId, before, limit + 1] });
  const items = rows.slice(0, limit).map(eventOf);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last ? encodeCursor([last.seq]) : null,
    lastEventId: String(items[0]?.seq ?? 0),
  };
}

/** What was told after this number, oldest first, at most one page. */
export async function eventsAfter(scope: TenantScope, seq: number): Promise<BillingEvent[]> {
  const rows = await queryTenant<Row>(scope, { ...AFTER, values: [scope.tenantId, seq] });
  return rows.map(eventOf);
}

export interface Stand {
  /** The number of the last event; zero before the first. */
  last: number;
  /** Whether what came after the given number is still told again, one by one. */
  isReplayable: boolean;
}

/** How far the workspace's events have got, and whether somebody who has seen them up to `seq` can go on from there. */
export async function standAt(scope: TenantScope, seq: number): Promise<Stand> {
  const statement = { ...STAND, values: [scope.tenantId, seq] };
  const [row] = await queryTenant<{ last: number | null; next_at: Date | null }>(scope, statement);
  const last = row?.last ?? 0;
  const isRecent = row?.next_at != null && row.next_at >= fromNow(-REPLAY_HOURS * HOUR_MS);
  return { last, isReplayable: seq === last || (isRecent && last - seq <= REPLAY_EVENTS_MAX) };
}

function eventOf({ seq, type, payload, created_at }: Row): BillingEvent {
  return { seq, type, payload, createdAt: created_at.toISOString() };
}
