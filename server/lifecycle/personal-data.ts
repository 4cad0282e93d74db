// What leaving and copying store about people.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "lifecycle",
  tables: [
    {
      table: "data_exports",
      ofPerson: "t.user_id = person.id",
      exported: ["id", "state", "created_at", "ready_at", "expires_at"],
      onPersonErased: "delete",
    },
    {
      table: "account_deletions",
      ofPerson: "t.user_id = person.id",
      exported: ["requested_at", "due_at"],
      onPersonErased: "last",
    },
    {
      table: "tenant_deletions",
      ofPerson: "(person.id = ANY (t.owner_ids) OR t.requested_by = person.id)",
      exported: ["tenant_id", "tenant_name", "requested_at", "due_at", "erased_at"],
      onPersonErased: {
        set: "owner_ids = array_remove(t.owner_ids, person.id), requested_by = nullif(t.requested_by, person.id)",
      },
      onTenantErased: "keep",
      why: "the order to erase and the certificate that it was done",
    },
  ],
};
