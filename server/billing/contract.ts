// What the procedures of billing take.

import { z } from "zod";
import { BILLING_EVENTS_PER_PAGE, BILLING_EVENTS_PER_PAGE_MAX } from "./terms";

export const ListBillingEvents = z
  .strictObject({
    cursor: z.string().max(500).optional(),
    limit: z.number().int().min(1).max(BILLING_EVENTS_PER_PAGE_MAX).default(BILLING_EVENTS_PER_PAGE),
  })
  .prefault({});
export type ListBillingEvents = z.output<typeof ListBillingEvents>;

/** `lastEventId` is the last event seen; what came after it is told first. */
export const WatchBilling = z.strictObject({ lastEventId: z.string().max(40).nullish() }).prefault({});
export type WatchBilling = z.output<typeof WatchBilling>;
