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
      table: "tenants",
      ofPerson: "t.id IN (SELECT m.tenant_id FROM tenant_members m WHERE m.user_id = person.id)",
      exported: ["id", "slug", "name", "created_at"],
      onPersonErased: "keep",
      onTenantErased: "last",
      why: "a workspace is its members'",
    },
  ],
};
