// What identity stores about people.

import type { RoomData } from "../platform/personal-data";

const OWN = "t.user_id = person.id";

export const personalData: RoomData = {
  room: "auth",
  tables: [
    {
      table: "users",
      ofPerson: "t.id = person.id",
      exported: ["id", "email", "email_verified_at", "status", "platform_role", "created_at", "updated_at"],
      onPersonErased: "last",
    },
    {
      table: "user_profiles",
      ofPerson: OWN,
      exported: [
        "display_name",
        "given_name",
        "family_name",
        "time_zone",
        "locale",
        "settings",
        "updated_at",
      ],
      onPersonErased: "delete",
    },
    { table: "password_credentials", ofPerson: OWN, exported: ["changed_at"], onPersonErased: "delete" },
    {
      table: "sessions",
      ofPerson: OWN,
      exported: [
        ...[
          "id",
          "created_at",
          "last_seen_at",
          "idle_expires_at",
          "absolute_expires_at",
          "user_agent",
          "platform",
        ],
        ...["browser", "device", "city", "region", "country", "revoked_at", "revoked_reason"],
      ],
      onPersonErased: "delete",
      ofTenant: "t.active_tenant_id = $1::uuid",
      onTenantErased: { set: "active_tenant_id = NULL" },
    },
    {
      table: "devices",
      ofPerson: OWN,
      exported: ["id", "created_at", "last_seen_at"],
      onPersonErased: "delete",
    },
    {
      table: "email_verifications",
      ofPerson: OWN,
      exported: ["bound_email", "created_at", "expires_at", "consumed_at"],
      onPersonErased: "delete",
    },
    { table: "password_history", ofPerson: OWN, exported: ["created_at"], onPersonErased: "delete" },
    {
      table: "password_resets",
      ofPerson: OWN,
      exported: ["bound_email", "created_at", "expires_at", "consumed_at"],
      onPersonErased: "delete",
    },
    {
      table: "email_changes",
      ofPerson: OWN,
      exported: ["old_email", "new_email", "created_at", "confirmed_at", "cancelled_at"],
      onPersonErased: "delete",
    },
    {
      table: "login_failures",
      ofPerson: "t.account_key = person.account_key",
      onPersonErased: "delete",
      why: "a counter of minutes",
    },
    {
      table: "user_login_events",
      ofPerson: OWN,
      exported: ["created_at", "result", "reason", "user_agent", "active_tenant_id"],
      onPersonErased: "cascade",
      ofTenant: "t.active_tenant_id = $1::uuid",
      onTenantErased: "keep",
      why: "a person's own history of sign-ins goes with the person",
    },
  ],
};
