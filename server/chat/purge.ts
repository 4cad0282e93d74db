// The end of deleted conversations: after the time in which they could be restored their rows are removed, messages,
// runs and journals with them. Usage stays, since it was charged.

import { z } from "zod";
import { fromNow } from "../platform/clock";
import { platformPool } from "../platform/db";
import { logger } from "../platform/logger";
import { defineJob, type JobHelpers } from "../platform/queue";
import { DELETED_RETENTION_DAYS } from "./terms";

const DAY_MS = 86_400_000;
// Small, because a conversation may hold 100,000 messages.
const CONVERSATIONS_PER_BATCH = 10;

const log = logger("chat.purge");

const PURGE = `
  DELETE FROM conversations c USING (
    SELECT tenant_id, id FROM conversations WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ) old WHERE c.tenant_id = old.tenant_id AND c.id = old.id`;

/** Removes what was deleted long ago, of all tenants: work of the platform role. */
export const purgeJob = defineJob({
  name: "chat.purge",
  payload: z.object({}),
  run: async (_payload, helpers) => {
    const count = await purgeConversations(helpers);
    if (count > 0) log.info({ event: "chat.purged", conversations: count }, "deleted conversations are gone");
  },
});

async function purgeConversations({ signal }: Pick<JobHelpers, "signal">): Promise<number> {
  const deletedBefore = fromNow(-DELETED_RETENTION_DAYS * DAY_MS);
  let total = 0;
  while (!signal.aborted) {
    const { rowCount } = await platformPool().query(PURGE, [deletedBefore, CONVERSATIONS_PER_BATCH]);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < CONVERSATIONS_PER_BATCH) break;
  }
  return total;
}
