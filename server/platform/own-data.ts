// What the process itself stores about people.

import type { RoomData } from "./personal-data";

export const personalData: RoomData = {
  room: "platform",
  tables: [
    {
      table: "outgoing_mail",
      ofPerson: "t.recipient = ANY (person.addresses)",
      exported: ["template", "recipient", "subject", "status", "created_at", "sent_at"],
      onPersonErased: "delete",
    },
    {
      table: "stored_pieces",
      ofPerson: "split_part(t.key, '/', 2) = person.id::text",
      onPersonErased: "delete",
      ofTenant: "split_part(t.key, '/', 2) = $1::text",
      onTenantErased: "delete",
      why: "the picture is in the copy as a file; copies are not copied",
    },
    {
      table: "rate_limit_windows",
      ofPerson: "position(person.id::text IN t.key) > 0",
      onPersonErased: "delete",
      ofTenant: "position($1::text IN t.key) > 0",
      onTenantErased: "delete",
      why: "counters of a day at most",
    },
  ],
};
