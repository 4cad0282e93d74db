// What sign-up stores about people.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "signup",
  tables: [
    {
      table: "signup_invites",
      ofPerson: "person.id IN (t.created_by, t.used_by, t.revoked_by) OR t.email = person.email",
      exported: ["created_at", "expires_at", "used_at"],
      onPersonErased: {
        set: `created_by = nullif(t.created_by, person.id), used_by = nullif(t.used_by, person.id),
              revoked_by = nullif(t.revoked_by, person.id), email = nullif(t.email, person.email), note = NULL`,
      },
      ofTenant: "t.joins_tenant_id = $1::uuid",
      onTenantErased: { set: "joins_tenant_id = NULL" },
    },
    {
      table: "access_requests",
      ofPerson: "t.email = person.email",
      exported: ["email", "full_name", "organisation", "message", "status", "created_at", "decided_at"],
      onPersonErased: "delete",
    },
    {
      table: "access_requests",
      ofPerson: "t.decided_by = person.id",
      onPersonErased: { set: "decided_by = NULL" },
      why: "requests of others that an operator decided",
    },
    {
      table: "signup_invite_reservations",
      ofPerson: "t.account_key = person.account_key",
      onPersonErased: "delete",
      why: "a hold of minutes",
    },
  ],
};
