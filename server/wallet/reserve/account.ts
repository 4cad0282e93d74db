// The reserve as people see it: what is in it, what is held for calls under way, and what happens when it runs low.

import { decimalOfNano } from "../../platform/money";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import { centsOf, type LowPolicy } from "../terms";

export interface ReserveBalance {
  /** Decimal text of nano, as all amounts here; below zero on credit. */
  balanceNano: string;
  /** Rounded down. */
  balanceCents: number;
  /** Exact, in major units. */
  balanceDollars: string;
  /** Held for calls under way; part of the balance. */
  heldNano: string;
  currency: string;
  /** Below the threshold. */
  isLow: boolean;
  /** Whether anything has ever been booked: a reserve that was never filled has not run low. */
  isInUse: boolean;
  policy: LowPolicy;
  thresholdNano: string;
  /** How far below zero the policy `warn` may go: zero or less. */
  floorNano: string;
}

interface AccountRow extends Record<string, string> {
  balance_nano: string;
  held_nano: string;
  seq: string;
  currency: string;
  low_policy: LowPolicy;
  low_threshold_nano: string;
  floor_nano: string;
}

const ACCOUNT = {
  name: "wallet_account",
  text: `SELECT balance_nano::text, held_nano::text, seq::text, currency, low_policy::text, low_threshold_nano::text,
                floor_nano::text FROM reserve_accounts WHERE tenant_id = $1`,
};

/** The tenant's reserve now. */
export async function getBalance(scope: TenantScope): Promise<ReserveBalance> {
  const [row] = await queryTenant<AccountRow>(scope, { ...ACCOUNT, values: [scope.tenantId] });
  if (!row) throw new Error("a workspace has a reserve account");
  const balance = BigInt(row.balance_nano);
  return {
    balanceNano: row.balance_nano,
    balanceCents: Number(centsOf(balance)),
    balanceDollars: decimalOfNano(balance),
    heldNano: row.held_nano,
    currency: row.currency,
    isLow: balance < BigInt(row.low_threshold_nano),
    isInUse: row.seq !== "0",
    policy: row.low_policy,
    thresholdNano: row.low_threshold_nano,
    floorNano: row.floor_nano,
  };
}
