// The table of who may what, as docs/tenancy.md shows it. The check of the documents fails when the two differ;
// `node --import tsx scripts/permission-table.ts` writes it anew.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  PERMISSION_TABLE,
  PERMISSIONS,
  ROLE_LABELS,
  ROLE_PERMISSIONS,
  TENANT_ROLES,
} from "../server/tenants/terms";
import { ROOT } from "./build-app";
import { readSource } from "./sources";

export const PERMISSION_DOCUMENT = "docs/tenancy.md";
const BLOCK = /(<!-- permissions -->\n)[\s\S]*?(<!-- \/permissions -->)/;

/** The document with the table as the code has it. Throws when the document has no place for it. */
export function withPermissionTable(document: string): string {
  if (!BLOCK.test(document))
    throw new Error(`${PERMISSION_DOCUMENT} has no place for the table of permissions`);
  return document.replace(BLOCK, (_, begin: string, end: string) => `${begin}\n${render()}\n${end}`);
}

function render(): string {
  const roles = TENANT_ROLES.toReversed();
  const rows = PERMISSIONS.map((permission) => [
    `\`${permission}\``,
    PERMISSION_TABLE[permission].meaning,
    ...roles.map((role) => (ROLE_PERMISSIONS[role].has(permission) ? "yes" : "")),
  ]);
  const heads = ["permission", "what it allows", ...roles.map((role) => ROLE_LABELS[role].toLowerCase())];
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(join(ROOT, PERMISSION_DOCUMENT), withPermissionTable(readSource(PERMISSION_DOCUMENT)));
}
