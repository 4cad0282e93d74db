// The books are recomputed from their rows once a day: every balance, hold, counter and cost. A difference is an alarm.

import { platformPool } from "../platform/db";
import { logger } from "../platform/logger";
import { gauge } from "../platform/metrics";

export interface WalletFault {
  tenantId: string;
  fault: string;
}

const log = logger("wallet");
const faultsNow = gauge("wallet_faults", "Differences that the last reconciliation found");

/** Everything that does not hold in the books, of one workspace or of all; empty when they are in order. */
export async function listWalletFaults(tenantId: string | null = null): Promise<WalletFault[]> {
  const { rows } = await platformPool().query<WalletFault>(
    'SELECT tenant_id AS "tenantId", fault FROM wallet_faults($1)',
    [tenantId],
  );
  return rows;
}

/** Recomputes all books and says loudly what is off. */
export async function reconcile(): Promise<void> {
  const faults = await listWalletFaults();
  faultsNow.set(faults.length);
  for (const { tenantId, fault } of faults)
    log.error({ event: "wallet.fault", tenant_id: tenantId, fault }, "the books do not agree");
}
