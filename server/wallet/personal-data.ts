// What the wallet stores about people: whose call was held, whose spending was counted, who moved money. Amounts are the
// workspace's, and stay without naming anybody.

import type { RoomData } from "../platform/personal-data";

/** Stands in for people whose accounts were erased. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export const personalData: RoomData = {
  room: "wallet",
  tables: [
    {
      table: "holds",
      ofPerson: "t.user_id = person.id",
      exported: ["id", "tenant_id", "purpose", "model", "payer", "amount_nano", "state", "created_at"],
      onPersonErased: { set: `user_id = '${NOBODY}'` },
      onTenantErased: "cascade",
    },
    {
      table: "spend_counters",
      ofPerson: "t.spender = 'member' AND t.spender_id = person.id",
      exported: ["tenant_id", "period_id", "spent_nano"],
      onPersonErased: "delete",
      onTenantErased: "cascade",
    },
    {
      table: "spend_limits",
      ofPerson: "t.spender = 'member' AND t.spender_id = person.id",
      exported: ["tenant_id", "cap_nano", "is_hard_stop"],
      onPersonErased: "delete",
      onTenantErased: "cascade",
    },
    {
      table: "limit_requests",
      ofPerson: "t.user_id = person.id",
      exported: ["tenant_id", "extra_nano", "note", "state", "created_at", "decided_at"],
      onPersonErased: "delete",
      onTenantErased: "cascade",
    },
    {
      table: "ledger_entries",
      ofPerson: "t.actor_id = person.id::text",
      exported: ["tenant_id", "kind", "amount_nano", "currency", "reason", "created_at"],
      onPersonErased: { set: "actor_id = NULL" },
      onTenantErased: "keep",
      why: "the books outlive the workspace",
    },
    {
      table: "adjustments",
      onPersonErased: "keep",
      onTenantErased: "cascade",
      why: "who moved money on whose word is part of the books",
    },
    {
      table: "quota_guard",
      onPersonErased: "keep",
      why: "who switched the guard of allowances off is part of the books",
    },
    {
      table: "reconciliation_runs",
      onPersonErased: "keep",
      why: "who asked for a run of the books is part of the books",
    },
    { table: "book_faults", onPersonErased: "cascade", onTenantErased: "delete" },
    { table: "reserve_accounts", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "billing_periods", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "quota_counters", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "spend_alarms", onPersonErased: "cascade", onTenantErased: "cascade" },
  ],
};
