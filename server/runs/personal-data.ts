// What runs store about people. Runs belong to conversations and go with them.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "runs",
  tables: [
    {
      table: "runs",
      ofPerson: "t.user_id = person.id",
      exported: ["id", "conversation_id", "kind", "status", "model", "agent", "created_at", "finished_at"],
      onPersonErased: "cascade",
      onTenantErased: "cascade",
    },
    { table: "run_steps", onPersonErased: "cascade", onTenantErased: "cascade" },
    { table: "run_events", onPersonErased: "cascade", onTenantErased: "cascade" },
    {
      table: "stream_leases",
      ofPerson: "t.user_id = person.id",
      onPersonErased: "delete",
      why: "a lease of seconds",
    },
  ],
};
