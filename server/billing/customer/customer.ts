// Who a workspace is at Stripe: one customer for each, made when something is to be paid for the first time, and anew once
// it was deleted at Stripe. No input names a customer.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { type TenantId, withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import { callStripe, readStripe } from "../gateway/calls";
import type { PlatformTx } from "../intake/handler";

/**
 * The customer of this workspace; made when there is none, or when it was deleted at Stripe. Asked for many times at once,
 * it is one.
 */
export async function requireCustomer(scope: Scope): Promise<string> {
  const { tenantId } = scope;
  const known = await findCustomer(scope);
  if (known !== null && !(await isDeleted(known))) return known;
  if (known !== null) await forgetCustomer(platformDb(), tenantId, known);
  const made = await makeCustomer(scope);
  await describeCustomer(scope, made);
  const at = now();
  // The platform role's work: who a workspace is at Stripe is not its own to say.
  await platformDb().billingProfile.createMany({
    data: [{ tenantId, createdAt: at, updatedAt: at }],
    skipDuplicates: true,
  });
  await platformDb().billingProfile.updateMany({
    where: { tenantId, stripeCustomerId: null },
    data: { stripeCustomerId: made, updatedAt: at },
  });
  return made;
}

/** The customer of this workspace, or null while nothing was ever to be paid. */
export async function findCustomer(scope: Scope): Promise<string | null> {
  const { tenantId } = scope;
  const profile = await withTenant(scope, (db) => db.billingProfile.findUnique({ where: { tenantId } }));
  return profile?.stripeCustomerId ?? null;
}

/** Takes a customer that is no more from its workspace; the database keeps whose it was. The platform role's work. */
export async function forgetCustomer(
  tx: Pick<PlatformTx, "billingProfile">,
  tenantId: TenantId,
  customerId: string,
): Promise<void> {
  await tx.billingProfile.updateMany({
    where: { tenantId, stripeCustomerId: customerId },
    data: { stripeCustomerId: null, paymentMethodId: null, paymentMethodLabel: null, updatedAt: now() },
  });
}

async function isDeleted(customerId: string): Promise<boolean> {
  const customer = await readStripe("customer.read", (stripe) => stripe.customers.retrieve(customerId));
  return customer.deleted === true;
}

// Each successor is an intent of its own: under its predecessor's Stripe would answer with that one.
async function makeCustomer({ tenantId }: Scope): Promise<string> {
  const body = { metadata: { tenant_id: tenantId } };
  const former = await platformDb().stripeFormerCustomer.findMany({ where: { tenantId } });
  const { id } = await callStripe(
    {
      operation: "customer.create",
      intent: former.length === 0 ? tenantId : `${tenantId}:${former.length}`,
      tenantId,
      body,
      find: async (stripe, stripeId) => {
        if (stripeId !== null) return { id: stripeId };
        const query = `metadata["tenant_id"]:"${tenantId}"`;
        const { data } = await stripe.customers.search({ query });
        return data.find((found) => !former.some(({ customerId }) => customerId === found.id)) ?? null;
      },
    },
    (stripe, options) => stripe.customers.create(body, options),
  );
  return id;
}

// Apart from making it: the words may be others when it is tried again, the customer may not.
async function describeCustomer(scope: Scope, customerId: string): Promise<void> {
  const { tenantId, userId, tenant } = scope;
  const { email } = await withTenant(scope, (db) =>
    db.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } }),
  );
  const body = { name: tenant.name, email };
  await callStripe(
    { operation: "customer.update", intent: `${customerId}:${tenant.name}:${email}`, tenantId, body },
    (stripe, options) => stripe.customers.update(customerId, body, options),
  );
}
