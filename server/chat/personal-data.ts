// What the chat stores about people. A conversation belongs to its creator, in whichever workspace; all of its branches
// are in the copy and all of them are erased.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "chat",
  tables: [
    {
      table: "conversations",
      ofPerson: "t.user_id = person.id",
      exported: [
        ...[
          "id",
          "tenant_id",
          "title",
          "model",
          "entry_agent",
          "active_agent",
          "active_leaf_id",
          "message_count",
        ],
        ...["last_message_at", "archived_at", "deleted_at", "created_at", "updated_at"],
      ],
      onPersonErased: "delete",
      onTenantErased: "delete",
      chunkRows: 10,
    },
    {
      table: "messages",
      ofPerson: "t.user_id = person.id",
      exported: [
        ...["id", "conversation_id", "parent_id", "position", "role", "content", "status", "model", "agent"],
        ...["activity", "input_tokens", "output_tokens", "created_at", "updated_at"],
      ],
      onPersonErased: "cascade",
      onTenantErased: "cascade",
    },
  ],
};
