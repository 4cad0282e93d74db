// What the catalogue stores about workspaces: which plan they have. Of people it knows which operator drafted a price.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "catalogue",
  tables: [
    { table: "tenant_plans", onPersonErased: "cascade", onTenantErased: "cascade" },
    {
      table: "rate_card_drafts",
      onPersonErased: "keep",
      why: "who drafted a price stands with the draft until it is published or thrown away",
    },
  ],
};
