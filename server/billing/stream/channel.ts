// What instances say to each other about a workspace's billing page.

import type { TenantId } from "../../platform/tenant-db";
import type { BillingEventType } from "../terms";

export interface BillingEvent {
  /** Rises by one from event to event of a workspace. */
  seq: number;
  type: BillingEventType;
  payload: Record<string, unknown>;
  createdAt: string;
}

/** The channel of a workspace's events. */
export const billingChannel = (tenantId: TenantId) => `billing:${tenantId}`;
