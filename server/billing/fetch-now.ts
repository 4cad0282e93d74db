// What was just changed at Stripe is fetched at once: the next page shows it, whether its event has come or not.

import { sleep } from "../platform/clock";
import { platformDb } from "../platform/db";
import { HANDLERS } from "./handlers";
import { claimObject, syncObject, wantObject } from "./intake/dispatch/objects";
import { nudgeDispatcher } from "./intake/nudge";

/** How long somebody who waits for their page is kept waiting for whoever fetches it already. */
const TRIES = 20;
const PAUSE_MS = 100;

/**
 * Fetches and stores an object of a type that is kept. Whoever has it under way fetches it once more, which is waited for;
 * a failure is the dispatcher's to repeat. What was changed is changed, so nothing is thrown for either. The platform
 * role's work.
 */
export async function fetchNow(objectType: string, id: string): Promise<void> {
  const wanted = await platformDb().$transaction((tx) => wantObject(tx, { id, type: objectType }));
  for (let tries = 0; tries < TRIES && !(await isFetched(id, wanted)); tries += 1) {
    const claimed = await claimObject(id);
    if (claimed !== null) {
      await syncObject(claimed, HANDLERS);
      return;
    }
    await sleep(PAUSE_MS);
  }
  nudgeDispatcher();
}

async function isFetched(id: string, wanted: bigint): Promise<boolean> {
  const where = { objectId: id, syncedSeq: { gte: wanted } };
  return (await platformDb().stripeObjectSync.count({ where })) > 0;
}
