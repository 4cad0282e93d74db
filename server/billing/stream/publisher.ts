// What was told goes out: kept for those who come back, then to the pages that are open, on this instance and on others.
// One instance at a time publishes for a workspace, in order. Repeated after a crash, nothing is told twice: who keeps and
// who reads know every event by its number.

import { now } from "../../platform/clock";
import { platformDb, platformPool } from "../../platform/db";
import { publish } from "../../platform/events";
import { newId } from "../../platform/ids";
import { counter, readGauge } from "../../platform/metrics";
import { enqueue } from "../../platform/queue";
import type { TenantId } from "../../platform/tenant-db";
import { type BillingEvent, billingChannel } from "./channel";
import { keepEvents } from "./kept";
import { PUBLISH_JOB } from "./tell";

const PAGE_ROWS = 100;
/** Longer than a page takes; a publisher that died is replaced after it. */
const LEASE_SECONDS = 15;
/** What waits longer has lost its job, or its job waits for Redis. */
const LATE_MS = 10_000;
const TENANTS_MAX = 500;

// The platform role's work throughout: it is done for all workspaces, without anybody asking.
const CLAIM = {
  name: "billing_publish_claim",
  text: `
  WITH claimed AS (
    UPDATE billing_stream_heads SET publisher_id = $2, publisher_until = now() + ${LEASE_SECONDS} * interval '1 second'
     WHERE tenant_id = $1 AND (publisher_id IS NULL OR publisher_id = $2 OR publisher_until <= now())
       AND EXISTS (SELECT 1 FROM billing_stream_events WHERE tenant_id = $1 AND NOT is_published)
    RETURNING tenant_id
  )
  SELECT e.seq, e.type, e.payload, e.created_at FROM billing_stream_events e JOIN claimed USING (tenant_id)
   WHERE NOT e.is_published ORDER BY e.seq LIMIT ${PAGE_ROWS}`,
};
const RELEASE = `UPDATE billing_stream_heads SET publisher_id = NULL, publisher_until = NULL
  WHERE tenant_id = $1 AND publisher_id = $2`;
const FINISH = {
  name: "billing_publish_finish",
  text: `
  WITH released AS (${RELEASE})
  UPDATE billing_stream_events SET is_published = true
   WHERE tenant_id = $1 AND seq = ANY ($3::bigint[]) AND NOT is_published RETURNING type`,
};
const BACKLOG = `SELECT extract(epoch FROM $1 - min(created_at))::float8 AS seconds
  FROM billing_stream_events WHERE NOT is_published`;

const publishedTotal = counter("stripe_billing_stream_events_total", "Events of billing pages published", [
  "type",
]);
readGauge(
  "stripe_billing_stream_backlog_seconds",
  "Age of the oldest event that is not published",
  async () => {
    const { rows } = await platformPool().query<{ seconds: number | null }>(BACKLOG, [now()]);
    return Math.max(0, rows[0]?.seconds ?? 0);
  },
);

/** Publishes what the workspace was told and what is told meanwhile; returns at once while another instance does. */
export async function publishTold(tenantId: TenantId): Promise<void> {
  const publisherId = newId();
  // What was told while another publisher was ending is found after the lease is given back.
  for (;;) {
    const events = await claim(tenantId, publisherId);
    if (events.length === 0) return;
    try {
      await keepEvents(tenantId, events);
      for (const event of events) publish(billingChannel(tenantId), event);
      await finish(tenantId, { publisherId, events });
    } catch (error) {
      await platformPool().query(RELEASE, [tenantId, publisherId]);
      throw error;
    }
  }
}

/** Sees to what has waited for too long: a job for each of its workspaces. */
export async function publishLate(): Promise<number> {
  const late = await platformDb().billingStreamEvent.groupBy({
    by: ["tenantId"],
    where: { isPublished: false, createdAt: { lt: new Date(now().getTime() - LATE_MS) } },
    orderBy: { tenantId: "asc" },
    take: TENANTS_MAX,
  });
  await platformDb().$transaction(async (tx) => {
    for (const { tenantId } of late)
      await enqueue(tx, PUBLISH_JOB, { tenantId }, { jobKey: `${PUBLISH_JOB}:${tenantId}` });
  });
  return late.length;
}

// What waits, the oldest first, for whom nobody else publishes; nothing is held where nothing is answered.
async function claim(tenantId: TenantId, publisherId: string): Promise<BillingEvent[]> {
  const { rows } = await platformPool().query<EventRow>({ ...CLAIM, values: [tenantId, publisherId] });
  return rows.map(({ seq, type, payload, created_at }) => ({
    seq: Number(seq),
    type,
    payload,
    createdAt: created_at.toISOString(),
  }));
}

async function finish(
  tenantId: TenantId,
  { publisherId, events }: { publisherId: string; events: readonly BillingEvent[] },
): Promise<void> {
  const values = [tenantId, publisherId, events.map(({ seq }) => seq)];
  const { rows } = await platformPool().query<{ type: string }>({ ...FINISH, values });
  for (const { type } of rows) publishedTotal.inc({ type });
}

interface EventRow {
  seq: string;
  type: BillingEvent["type"];
  payload: BillingEvent["payload"];
  created_at: Date;
}
