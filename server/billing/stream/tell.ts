// What a workspace's billing page is told: an event with the next number of the workspace, in the transaction of what it
// tells of. Events carry what a page shows and nothing that its readers may not know; the page itself is read anew.

import { z } from "zod";
import { now } from "../../platform/clock";
import type { Prisma } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import type { TenantId } from "../../platform/tenant-db";
import type { BillingEventType } from "../terms";

/** Signed, decimal text of nano. */
const nano = z.string().regex(/^-?\d{1,19}$/);
const shortText = z.string().max(200);

/** What an event of each type says. */
const PAYLOADS = {
  subscription: z.strictObject({
    status: shortText,
    planId: shortText,
    isCancelling: z.boolean(),
  }),
  invoice: z.strictObject({ number: shortText.nullable(), status: shortText, totalNano: nano }),
  /** How people know it, "Visa ending in 4242"; null when there is none any more. */
  payment_method: z.strictObject({ label: shortText.nullable() }),
  seats: z.strictObject({ billed: z.number().int().min(0) }),
  topup: z.strictObject({ amountNano: nano, isAutomatic: z.boolean() }),
  auto_topup: z.strictObject({
    state: z.enum(["pending", "processing", "needs_action", "succeeded", "failed", "paused", "changed"]),
    amountCents: z.number().int().positive(),
  }),
  refund: z.strictObject({ amountNano: nano }),
  dispute: z.strictObject({ amountNano: nano }),
  ledger: z.strictObject({ kind: shortText, amountNano: nano }),
} satisfies Record<BillingEventType, z.ZodType>;

/** What is told: `{ type, payload }`, the payload as its type demands. */
type BillingNews = {
  [Type in BillingEventType]: { type: Type; payload: z.output<(typeof PAYLOADS)[Type]> };
}[BillingEventType];

/** Works off what was told and not yet published; its payload names the workspace. */
export const PUBLISH_JOB = "billing.publish";

/** Tells the workspace's billing pages in the caller's transaction of the platform role; answers the event's number. */
export async function tellBilling(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  { type, payload }: BillingNews,
): Promise<bigint> {
  const event = JSON.stringify(PAYLOADS[type].parse(payload));
  const [row] = await tx.$queryRaw<{ seq: bigint }[]>`
    SELECT billing_tell(${tenantId}::uuid, ${type}, ${event}::jsonb, ${now()}) AS seq`;
  if (!row) throw new Error("what is told has a number");
  await enqueue(tx, PUBLISH_JOB, { tenantId }, { jobKey: `${PUBLISH_JOB}:${tenantId}` });
  return row.seq;
}
