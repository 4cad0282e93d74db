// What the catalogue stores about workspaces: which plan they have. It stores nothing about people.

import type { RoomData } from "../platform/personal-data";

export const personalData: RoomData = {
  room: "catalogue",
  tables: [{ table: "tenant_plans", onPersonErased: "cascade", onTenantErased: "cascade" }],
};
