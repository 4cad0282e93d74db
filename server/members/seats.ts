// Seats of a workspace: how many are taken, how many there are, and what one more costs. The room that keeps plans says the
// price; until one does, there is none to tell. How many there are is asked again when an invite is accepted.

import { now } from "../platform/clock";
import type { TenantScope } from "../platform/tenant-db";
import { withTenant } from "../platform/tenant-db";
import { seatsOf } from "../tenants/memberships";
import type { Scope } from "../tenants/scope";
import type { SeatFacts } from "./contract";

/** A sentence on what one more seat costs, ending with a full stop; null where there is nothing to say. */
export type SeatPrice = (scope: TenantScope) => Promise<string | null>;

let price: SeatPrice = async () => null;

/** Fills the sentence; called once at the start, by the room to the right that knows. */
export function provideSeatPrice(provider: SeatPrice): void {
  price = provider;
}

/** What is said before somebody is invited. */
export async function seatFacts(scope: Scope): Promise<SeatFacts> {
  const { tenantId } = scope;
  const counts = await withTenant(scope, async (tx) => ({
    used: await tx.tenantMember.count({ where: { tenantId } }),
    invited: await tx.tenantInvite.count({
      where: { tenantId, acceptedAt: null, revokedAt: null, expiresAt: { gt: now() } },
    }),
    limit: await seatsOf(tx, tenantId),
  }));
  return { ...counts, price: await price(scope) };
}
