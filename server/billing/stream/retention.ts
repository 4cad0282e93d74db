// What billing pages were told is history after a while, and then it goes: the books are the ledger, not this.

import { fromNow } from "../../platform/clock";
import { platformPool } from "../../platform/db";
import { EVENTS_KEPT_DAYS } from "../terms";

const ROWS_PER_STATEMENT = 5_000;
const DAY_MS = 86_400_000;

// Across workspaces without anybody asking: the platform role's work.
const DELETE = `DELETE FROM billing_stream_events WHERE (tenant_id, seq) IN
  (SELECT tenant_id, seq FROM billing_stream_events WHERE created_at < $1 AND is_published
    ORDER BY created_at LIMIT ${ROWS_PER_STATEMENT})`;

/** Deletes events that are older than their days; answers how many. */
export async function deleteOldEvents(signal?: AbortSignal): Promise<number> {
  const before = fromNow(-EVENTS_KEPT_DAYS * DAY_MS);
  let count = 0;
  while (!signal?.aborted) {
    const { rowCount } = await platformPool().query(DELETE, [before]);
    count += rowCount ?? 0;
    if ((rowCount ?? 0) < ROWS_PER_STATEMENT) break;
  }
  return count;
}
