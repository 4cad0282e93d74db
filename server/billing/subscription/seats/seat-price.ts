// What one more person costs a workspace that pays: the price that it pays, rather than the one that is on the list.

import { seatPrice as listedSeatPrice } from "../../../catalogue/seat-price";
import { decimalOfNano } from "../../../platform/money";
import { type TenantScope, withTenant } from "../../../platform/tenant-db";
import { findLive } from "../statuses";
import { unitPriceOf } from "../view";

/** In a sentence for whoever is about to invite; as the catalogue says it where there is no subscription. */
export async function seatPrice(scope: TenantScope): Promise<string | null> {
  const found = await withTenant(scope, async (db) => {
    const live = await findLive(db, scope.tenantId);
    const people = await db.tenantMember.count({ where: { tenantId: scope.tenantId } });
    return live && { live, people };
  });
  if (!found) return listedSeatPrice(scope);
  const { live, people } = found;
  if (people < live.seatsBilled) return `One more seat is within the ${live.seatsBilled} that are paid for.`;
  const { unitNano, currency } = unitPriceOf(live);
  const price = currency === "USD" ? `$${decimalOfNano(unitNano)}` : `${decimalOfNano(unitNano)} ${currency}`;
  return live.status === "trialing"
    ? `One more seat costs nothing during the trial, and ${price} a ${live.interval} after it.`
    : `One more seat costs ${price} a ${live.interval}, for the rest of the running ${live.interval} at once.`;
}
