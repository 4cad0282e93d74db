// Whose an event is. A customer belongs to the workspace that made it, and our own row says which; what an object carries
// as metadata is anybody's word and decides nothing.

import type Stripe from "stripe";
import type { TenantId } from "../../platform/tenant-db";
import { tenantIdOfBooks } from "../../tenants/scope";
import { EventFault, type PlatformTx } from "./handler";

/** The customer that an event's object is about, or belongs to; null when it names none. */
export function customerIdOf({ data: { object } }: Stripe.Event): string | null {
  const record = object as unknown as Record<string, unknown>;
  if (record["object"] === "customer") return idOf(record["id"]);
  return idOf(record["customer"]);
}

/** The workspace that an event's object claims to be of; it is compared, and never believed. */
export function namedTenantOf({ data: { object } }: Stripe.Event): string | null {
  const { metadata } = object as { metadata?: Record<string, unknown> | null };
  const named = metadata?.["tenant_id"];
  return typeof named === "string" && named !== "" ? named : null;
}

/** The workspace of this customer, or null while no row of ours names it. */
export async function findTenantOfCustomer(
  tx: Pick<PlatformTx, "billingProfile">,
  customerId: string,
): Promise<TenantId | null> {
  const row = await tx.billingProfile.findUnique({
    where: { stripeCustomerId: customerId },
    select: { tenantId: true },
  });
  return row && tenantIdOfBooks(row);
}

/** The same for handlers: throws while it is unknown, so that the event is tried again later. */
export async function tenantOfCustomer(
  tx: Pick<PlatformTx, "billingProfile">,
  customer: string | { id: string } | null,
): Promise<TenantId> {
  const id = idOf(customer);
  if (id === null) throw new EventFault("The object names no customer.");
  const tenantId = await findTenantOfCustomer(tx, id);
  if (tenantId === null) throw new EventFault(`No workspace has the customer ${id}.`);
  return tenantId;
}

function idOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === "string" ? id : null;
}
