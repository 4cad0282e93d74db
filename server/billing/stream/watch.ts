// A billing page while it is open. It takes one of the workspace's places; session and membership are asked again all the
// time, so that what ended elsewhere ends here.

import { type Recheck, whileStanding } from "../../auth/session/standing";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import { Feed } from "../../platform/feed";
import type { Scope } from "../../tenants/scope";
import type { WatchBilling } from "../contract";
import { TEXT_NOT_LIVE } from "../terms";
import { canKeep } from "./kept";
import { liveEvents, type TrackedBillingEvent } from "./live";
import { takePlace } from "./places";

interface Watch<Envelope> {
  signal: AbortSignal | undefined;
  recheck: Recheck;
  /** Wraps an event for its way; `id` is what a client comes back with. */
  wrap: (id: string, event: TrackedBillingEvent["event"]) => Envelope;
}

/**
 * The workspace's billing events after the last one seen, then those to come. Throws `unavailable` where this instance
 * answers no streams or Redis does not answer (the page then shows its history), `over_limit` for too many open pages;
 * reading throws once the person may no longer read.
 */
export async function watchBilling<Envelope>(
  scope: Scope,
  { lastEventId }: WatchBilling,
  { signal, recheck, wrap }: Watch<Envelope>,
): Promise<Feed<Envelope>> {
  const isAnswering = config().billing.runsStreamReplay && (await canKeep());
  if (!isAnswering) throw new AppError("unavailable", TEXT_NOT_LIVE);
  const place = await takePlace(scope);
  const ask = async () => {
    await recheck.ask();
    await place.renew();
  };
  const signs = recheck.signs && [...recheck.signs, place.sign];
  const open = (ending: AbortSignal) => Feed.of(liveEvents(scope, lastEventId, ending));
  const stream = { userId: scope.userId, signal, recheck: { ask, signs }, open, release: place.end };
  return whileStanding(stream, ({ id, event }) => wrap(id, event));
}
