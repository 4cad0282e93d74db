// A person's view of a run while it happens. Opening one is counted and takes one of the person's places; while it is
// open, session, membership and the conversation's existence are asked again, so that what ended elsewhere ends here.

import { type Recheck, whileStanding } from "../auth/session/standing";
import { platformPool } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import type { Feed } from "../platform/feed";
import { areAmong, sign } from "../platform/signs";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import { runEvents } from "../runs/stream/events";
import { OPEN_STREAMS_MAX, takeStreamLease } from "../runs/stream/leases";
import type { Scope } from "../tenants/scope";
import type { RunEvent, WatchRun } from "./contract";
import { noteBlocked, requireRate } from "./rate";

interface Watch<Envelope> {
  signal: AbortSignal | undefined;
  recheck: Recheck;
  /** Wraps an event for its way; `id` ("<fence>-<sequence>") is what a client comes back with. */
  wrap: (id: string, event: RunEvent) => Envelope;
}

const OWN_RUN = {
  name: "runs_own",
  text: `SELECT r.id FROM runs r JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id
    WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.id = $3 AND c.user_id = $2 AND c.deleted_at IS NULL`,
};

// Runs of any people, hence the platform role.
const OWN_RUNS = {
  name: "runs_own_all",
  text: `
  SELECT r.id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (tenant_id, user_id, id)
    JOIN runs r ON r.tenant_id = k.tenant_id AND r.id = k.id AND r.user_id = k.user_id
    JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id
   WHERE c.user_id = k.user_id AND c.deleted_at IS NULL`,
};

/**
 * The events of an own run after the last one seen, then those to come, to its terminal one. Throws `not_found` for runs
 * of others, `over_limit` for too many streams; reading throws once the person may no longer read.
 */
export async function watchRun<Envelope>(
  scope: Scope,
  input: WatchRun,
  watch: Watch<Envelope>,
): Promise<Feed<Envelope>> {
  await requireOwnRun(scope, input.runId);
  const message = "You are opening streams too quickly. Please wait a moment.";
  await requireRate(scope, ["stream.user", "stream.tenant"], message);
  const lease = await takeStreamLease(scope.userId).catch((refusal: unknown) => {
    noteFullHouse(scope, refusal);
    throw refusal;
  });
  const { signal, recheck, wrap } = watch;
  const ask = async () => {
    await recheck.ask();
    await requireOwnRun(scope, input.runId);
    await lease.renew();
  };
  const { tenantId, userId } = scope;
  const ownRun = sign(areOwnRuns, { tenantId, userId, runId: input.runId });
  const signs = recheck.signs && [...recheck.signs, ownRun, lease.sign];
  const open = (ending: AbortSignal) => runEvents(scope, input.runId, input.lastEventId, ending);
  const stream = { userId, signal, recheck: { ask, signs }, open, release: lease.end };
  return whileStanding(stream, ({ id, event }) => wrap(id, event));
}

// The answer's headers speak of the limit that refused, and so do counter and log.
function noteFullHouse(scope: Scope, refusal: unknown): void {
  if (!(refusal instanceof AppError) || refusal.code !== "over_limit") return;
  const retryAfterSeconds = refusal.details?.retryAfterSeconds ?? 0;
  noteBlocked(scope, {
    name: "stream.open",
    allowed: false,
    limit: OPEN_STREAMS_MAX,
    remaining: 0,
    resetAt: Math.ceil(Date.now() / 1000) + retryAfterSeconds,
    retryAfterSeconds,
  });
}

async function requireOwnRun(scope: Scope, runId: string): Promise<void> {
  const rows = await queryTenant(scope, { ...OWN_RUN, values: [scope.tenantId, scope.userId, runId] });
  if (rows.length === 0) throw notFound("Run");
}

async function areOwnRuns(runs: (TenantScope & { runId: string })[]): Promise<boolean[]> {
  const ids = runs.map(({ runId }) => runId);
  const { rows } = await platformPool().query<{ id: string }>({
    ...OWN_RUNS,
    values: [runs.map(({ tenantId }) => tenantId), runs.map(({ userId }) => userId), ids],
  });
  return areAmong(ids, rows);
}
