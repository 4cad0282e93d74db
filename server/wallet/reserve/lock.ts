// The one lock of a workspace's money: its account's row, taken before anything else of the wallet changes.

import type { TenantDb, TenantId } from "../../platform/tenant-db";

/** Has everything that admits, settles or changes limits wait until this transaction ends. */
export async function lockAccount(db: TenantDb, tenantId: TenantId): Promise<void> {
  await db.$queryRaw`SELECT 1 FROM reserve_accounts WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`;
}
