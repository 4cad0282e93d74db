import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOGUE, SCOPE_RIGHTS } from "./terms";

const page = readFileSync(new URL("../../docs/machines.md", import.meta.url), "utf8");
const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ") || "none";

test("docs/machines.md says what the table of scopes says", () => {
  for (const [scope, rights] of Object.entries(SCOPE_RIGHTS)) {
    const role = "role" in rights ? rights.role : "none";
    expect(page).toContain(
      `| \`${scope}\` | ${rights.in} | ${role} | ${listed(rights.permissions)} | ${rights.says} |`,
    );
  }
  expect(page.match(/^\| `\w+:[\w*]+` \|/gm)).toHaveLength(Object.keys(SCOPE_RIGHTS).length);
});

test("docs/machines.md says what the catalogue says", () => {
  for (const [name, { in: place, scopes, refreshValidDays, description }] of Object.entries(CATALOGUE)) {
    expect(page).toContain(
      `| \`${name}\` | ${place} | ${listed(scopes)} | ${refreshValidDays} | ${description} |`,
    );
  }
  expect(page.match(/^\| `[a-z]+-[a-z]+` \|/gm)).toHaveLength(Object.keys(CATALOGUE).length);
});
