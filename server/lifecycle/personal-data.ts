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
  ],
};
