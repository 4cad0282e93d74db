// What the audit log stores about people. Chains stay whole: only the personal fields beside them are erased, of which
// the chain holds a salted hash. Ids of accounts that are no more name nobody.

import type { RoomData } from "../platform/personal-data";

const CHAIN = "the chain is append-only; it names people by the ids of accounts, which are gone";

export const personalData: RoomData = {
  room: "audit",
  tables: [
    {
      table: "audit_personal",
      ofPerson: "t.audit_id IN (SELECT l.id FROM audit_logs l WHERE l.actor_id = person.id::text)",
      exported: ["audit_id", "ip", "user_agent"],
      onPersonErased: "delete",
      onTenantErased: "keep",
      why: "proof of who did what, for as long as the log is kept; a person's fields go with the person",
      chunkRows: 10_000,
    },
    {
      table: "audit_logs",
      ofPerson: "t.actor_type = 'user' AND t.actor_id = person.id::text",
      exported: ["created_at", "category", "action", "target_type", "target_id", "result", "metadata"],
      onPersonErased: "keep",
      onTenantErased: "keep",
      why: CHAIN,
    },
    { table: "audit_heads", onPersonErased: "keep", onTenantErased: "keep", why: CHAIN },
    { table: "audit_checkpoints", onPersonErased: "keep", onTenantErased: "keep", why: CHAIN },
  ],
};
