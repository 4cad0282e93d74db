import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  PLATFORM_PERMISSIONS,
  PLATFORM_RANK,
  PLATFORM_ROLE_PERMISSIONS,
  PLATFORM_ROLES,
  type PlatformRole,
} from "../terms";

const OPERATORS: PlatformRole[] = ["admin", "billing_admin", "support"];

test("docs/operators.md says what the table of permissions says", () => {
  const page = readFileSync("docs/operators.md", "utf8");
  for (const permission of PLATFORM_PERMISSIONS) {
    const cells = OPERATORS.map((role) => (PLATFORM_ROLE_PERMISSIONS[role].has(permission) ? "yes" : "no"));
    expect(page).toContain(`| \`${permission}\` | ${cells.join(" | ")} |`);
  }
  expect(page.match(/^\| `\w+\.\w+` \|/gm)).toHaveLength(PLATFORM_PERMISSIONS.length);
});

test("a user has no permission and the lowest rank; an admin has every one and the highest", () => {
  expect(PLATFORM_ROLE_PERMISSIONS.user.size).toBe(0);
  expect(PLATFORM_ROLE_PERMISSIONS.admin.size).toBe(PLATFORM_PERMISSIONS.length);
  const ranks = PLATFORM_ROLES.map((role) => PLATFORM_RANK[role]);
  expect(ranks).toEqual([...ranks].sort((left, right) => right - left));
  expect(PLATFORM_RANK.admin).toBeGreaterThan(PLATFORM_RANK.support);
});
