// What billing stores about workspaces: who they are at Stripe, what was told of them and asked for them. It names no
// person but those who replayed an event, and the address that bills go to.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "billing",
  tables: [
    { table: "billing_profiles", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "subscriptions", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "trial_uses", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "invoices", onPersonErased: "cascade", onTenantErased: "cascade" },
    {
      table: "stripe_events",
      onPersonErased: "keep",
      onTenantErased: "keep",
      why: "what was paid is proved by what Stripe said of it, and the books outlive the workspace",
    },
    {
      table: "stripe_event_dispatches",
      onPersonErased: "keep",
      why: "who replayed an event of money is part of the books",
    },
    { table: "stripe_object_syncs", onPersonErased: "cascade" },
    {
      table: "stripe_former_customers",
      onPersonErased: "cascade",
      onTenantErased: { set: "tenant_id = NULL" },
    },
    {
      table: "billing_comparisons",
      onPersonErased: "keep",
      why: "who asked for a comparison is part of the books",
    },
    {
      table: "billing_differences",
      onPersonErased: "keep",
      onTenantErased: "delete",
      why: "who had a difference of money repaired is part of the books",
    },
    { table: "stripe_calls", onPersonErased: "cascade", onTenantErased: "delete" },
    { table: "auto_topup_configs", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "auto_topup_attempts", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "reserve_payments", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "reserve_claims", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "billing_stream_heads", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "billing_stream_events", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "billing_stream_places", onPersonErased: "cascade", onTenantErased: "cascade" },
  ],
};
