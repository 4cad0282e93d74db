// The end of what a run needed only while it lasted: its events, which amount to the stored message, its journal, and
// leases of streams whose process died. Usage is another record and stays.

import { z } from "zod";
import { fromNow } from "../platform/clock";
import { platformPool } from "../platform/db";
import { logger } from "../platform/logger";
import { defineJob } from "../platform/queue";

/** Far longer than any run: a client that comes back later is told the outcome instead of the events. */
const KEPT_MS = 24 * 3_600_000;
const ROWS_PER_BATCH = 5_000;

const log = logger("chat.runs");

const SWEEPS = [
  "DELETE FROM run_events WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_events WHERE created_at < $1 LIMIT $2))",
  "DELETE FROM run_steps WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_steps WHERE started_at < $1 LIMIT $2))",
  "DELETE FROM stream_leases WHERE ctid = ANY (ARRAY(SELECT ctid FROM stream_leases WHERE expires_at < $1 LIMIT $2))",
];

/** Removes events and journals of runs that ended a day ago and more, of all tenants: work of the platform role. */
export const sweepRunsJob = defineJob({
  name: "chat.runs.sweep",
  payload: z.object({}),
  run: async (_payload, { signal }) => {
    let total = 0;
    for (const sweep of SWEEPS) total += await sweepInBatches(sweep, signal);
    if (total > 0) log.info({ event: "run.swept", rows: total }, "events of old runs are gone");
  },
});

async function sweepInBatches(sweep: string, signal: AbortSignal): Promise<number> {
  const before = fromNow(-KEPT_MS);
  for (let total = 0; ; ) {
    const { rowCount } = await platformPool().query(sweep, [before, ROWS_PER_BATCH]);
    total += rowCount ?? 0;
    if (signal.aborted || (rowCount ?? 0) < ROWS_PER_BATCH) return total;
  }
}
