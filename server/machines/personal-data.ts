// What machine accounts store about people: who made and issued what. Machines are nobody's, and go with their workspace.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "machines",
  tables: [
    {
      table: "service_account_tokens",
      ofPerson: "person.id IN (t.issued_by, t.revoked_by)",
      exported: ["created_at", "issued_via", "reason", "revoked_at"],
      onPersonErased: {
        set: "issued_by = nullif(t.issued_by, person.id), revoked_by = nullif(t.revoked_by, person.id)",
      },
      onTenantErased: "delete",
    },
    {
      table: "service_accounts",
      ofPerson: "t.created_by = person.id",
      exported: ["name", "description", "created_at"],
      onPersonErased: { set: "created_by = NULL" },
      onTenantErased: "delete",
    },
  ],
};
