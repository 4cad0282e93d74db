// What the second factor stores about people. Secrets and hashes are of no use to the person, and are not given out.

import type { RoomData } from "../platform/personal-data";

const OWN = "t.user_id = person.id";

export const personalData: RoomData = {
  room: "mfa",
  tables: [
    {
      table: "totp_credentials",
      ofPerson: OWN,
      exported: ["started_at", "confirmed_at"],
      onPersonErased: "delete",
    },
    { table: "recovery_codes", ofPerson: OWN, exported: ["created_at", "used_at"], onPersonErased: "delete" },
    {
      table: "mfa_challenges",
      ofPerson: OWN,
      exported: ["kind", "created_at", "expires_at", "consumed_at"],
      onPersonErased: "delete",
    },
  ],
};
