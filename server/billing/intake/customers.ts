// Whose an event is. A customer belongs to the workspace that made it, and our own row says which; what an object carries
// as metadata is anybody's word and decides nothing.

import type Stripe from "stripe";
import type { TenantId } from "../../platform/tenant-db";
import { tenantIdOfBooks } from "../../tenants/scope";
import { EventFault, OwnerGone, type PlatformTx } from "./handler";

type Reader = Pick<PlatformTx, "billingProfile" | "stripeFormerCustomer">;

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

/**
 * The workspace of this customer, also of one that was replaced; null while no row of ours names it, and once the
 * workspace is erased.
 */
export async function findTenantOfCustomer(tx: Reader, customerId: string): Promise<TenantId | null> {
  return (await findOwner(tx, customerId)).tenantId;
}

/**
 * The same for handlers: throws OwnerGone once the workspace is erased, and EventFault while it is unknown, so that the
 * event is tried again later.
 */
export async function tenantOfCustomer(
  tx: Reader,
  customer: string | { id: string } | null,
): Promise<TenantId> {
  const id = idOf(customer);
  if (id === null) throw new EventFault("The object names no customer.");
  const { tenantId, isErased } = await findOwner(tx, id);
  if (isErased) throw new OwnerGone();
  if (tenantId === null) throw new EventFault(`No workspace has the customer ${id}.`);
  return tenantId;
}

export interface Owner {
  tenantId: TenantId | null;
  /** Whether it is known that its workspace is no more. */
  isErased: boolean;
}

/** Whose a customer is, or was. */
export async function findOwner(tx: Reader, customerId: string): Promise<Owner> {
  const select = { tenantId: true };
  const row = await tx.billingProfile.findUnique({ where: { stripeCustomerId: customerId }, select });
  if (row) return { tenantId: tenantIdOfBooks(row), isErased: false };
  const former = await tx.stripeFormerCustomer.findUnique({ where: { customerId }, select });
  if (former === null) return { tenantId: null, isErased: false };
  const { tenantId } = former;
  return { tenantId: tenantId === null ? null : tenantIdOfBooks({ tenantId }), isErased: tenantId === null };
}

function idOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === "string" ? id : null;
}
