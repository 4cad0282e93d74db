// What invites into workspaces store about people.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "members",
  tables: [
    {
      table: "tenant_invites",
      ofPerson: "t.email = ANY (person.addresses)",
      exported: ["tenant_id", "email", "role", "message", "created_at", "expires_at", "accepted_at"],
      onPersonErased: "delete",
      onTenantErased: "cascade",
    },
    {
      table: "tenant_invites",
      ofPerson: "person.id IN (t.invited_by, t.accepted_by, t.revoked_by)",
      onPersonErased: {
        set: `invited_by = nullif(t.invited_by, person.id), accepted_by = nullif(t.accepted_by, person.id),
              revoked_by = nullif(t.revoked_by, person.id), message = NULL`,
      },
      onTenantErased: "cascade",
      why: "invites of others, made or taken back by the person",
    },
  ],
};
