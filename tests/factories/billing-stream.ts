// Billing pages for tests: what they are told, and what they read.

import { liveEvents, type TrackedBillingEvent } from "../../server/billing/stream/live";
import { tellBilling } from "../../server/billing/stream/tell";
import { platformDb } from "../../server/platform/db";
import type { TenantScope } from "../../server/platform/tenant-db";

/** Tells a workspace's billing page this many times; nothing is published yet. */
export async function tellTimes({ tenantId }: TenantScope, times: number): Promise<void> {
  for (let n = 1; n <= times; n += 1) {
    const payload = { amountNano: String(n), isAutomatic: false };
    await platformDb().$transaction((tx) => tellBilling(tx, tenantId, { type: "topup", payload }));
  }
}

/** The next events of an open stream, which is then left. */
export async function take(
  events: AsyncIterable<TrackedBillingEvent>,
  count: number,
): Promise<TrackedBillingEvent[]> {
  const taken: TrackedBillingEvent[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event);
    if (taken.length >= count) break;
  }
  return taken;
}

/** Opens a stream after an event, reads this many and leaves it. */
export async function readFrom(
  scope: TenantScope,
  lastEventId: string | null,
  count: number,
): Promise<string[]> {
  const ending = new AbortController();
  try {
    const events = await take(liveEvents(scope, lastEventId, ending.signal), count);
    return events.map(({ id }) => id);
  } finally {
    ending.abort();
  }
}
