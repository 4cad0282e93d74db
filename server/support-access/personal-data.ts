// What support access stores about people: the operator who asked, and who decided and ended it.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "support-access",
  tables: [
    {
      table: "support_grants",
      ofPerson: "person.id IN (t.operator_id, t.decided_by, t.ended_by)",
      exported: ["tenant_id", "id", "reason", "state", "created_at", "expires_at", "decided_at", "ended_at"],
      // What was open of an operator who leaves ends with the name.
      onPersonErased: {
        set: `operator_id = nullif(t.operator_id, person.id), decided_by = nullif(t.decided_by, person.id),
              ended_by = nullif(t.ended_by, person.id),
              state = CASE WHEN t.operator_id = person.id AND t.state IN ('pending', 'live')
                           THEN 'ended'::support_grant_state ELSE t.state END`,
      },
      onTenantErased: "cascade",
    },
  ],
};
