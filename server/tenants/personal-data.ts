// What workspaces store about people. Workspaces that nobody else belongs to go with their owner: see departure.ts.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "tenants",
  tables: [
    {
      table: "tenant_members",
      ofPerson: "t.user_id = person.id",
      exported: ["tenant_id", "role", "created_at", "last_seen_at"],
      onPersonErased: "delete",
      onTenantErased: "cascade",
    },
    {
      table: "tenant_settings",
      ofPerson: "person.email = ANY (t.billing_contacts)",
      onPersonErased: { set: "billing_contacts = array_remove(t.billing_contacts, person.email)" },
      onTenantErased: "cascade",
      why: "whom a workspace names for its bills is the workspace's to tell",
    },
    {
      table: "tenant_slug_holds",
      onPersonErased: "keep",
      onTenantErased: "cascade",
      why: "names of workspaces",
    },
    {
      table: "tenants",
      ofPerson: "t.id IN (SELECT m.tenant_id FROM tenant_members m WHERE m.user_id = person.id)",
      exported: ["id", "slug", "name", "created_at"],
      onPersonErased: "keep",
      ofTenant: "t.id = $1::uuid",
      onTenantErased: "last",
      why: "a workspace is its members'",
    },
  ],
};
