// What usage stores about people. It is what a workspace was charged for, so it stays with the workspace, without naming
// who it was.

import type { RoomData } from "../platform/personal-data";

/** Stands in for people whose accounts were erased. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export const personalData: RoomData = {
  room: "usage",
  tables: [
    {
      table: "usage_rollup_day",
      ofPerson: "t.user_id = person.id",
      exported: [
        "tenant_id",
        "day",
        "model",
        "calls",
        "messages",
        "input_tokens",
        "output_tokens",
        "cost_nano",
      ],
      onPersonErased: { set: `user_id = '${NOBODY}'` },
      onTenantErased: "delete",
    },
    {
      table: "usage_rollup_conversation",
      ofPerson: "t.user_id = person.id",
      exported: ["tenant_id", "day", "conversation_id", "calls", "messages", "input_tokens", "output_tokens"],
      onPersonErased: { set: `user_id = '${NOBODY}'` },
      onTenantErased: "delete",
    },
    {
      table: "usage_events",
      ofPerson: "t.user_id = person.id",
      exported: [
        ...["id", "tenant_id", "conversation_id", "message_id", "purpose", "model", "agent", "input_tokens"],
        ...["output_tokens", "outcome", "occurred_at"],
      ],
      onPersonErased: { set: `user_id = '${NOBODY}'` },
      onTenantErased: "delete",
    },
  ],
};
