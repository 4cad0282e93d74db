import ts from "typescript";
import { expect, test } from "vitest";
import { isBarrel, isRouter, linesOf, listHandlers, listTenantIdCasts, nameFault } from "./house-rules";

const parse = (text: string, path = "server/chat/notes.ts") =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);

test.each([
  "server/chat/utils.ts",
  "app/components/shared/button.tsx",
  "server/lib/money.ts",
  "scripts/test-helpers.ts",
  "tests/common.db.test.ts",
  "server/platform/misc.tsx",
])("%s has no name", (path) => {
  expect(nameFault(path)).toContain("is no name");
});

test("a barrel file is refused by its name, the process's entry is not", () => {
  expect(nameFault("server/chat/index.ts")).toContain("barrel");
  expect(nameFault("app/components/ui/index.tsx")).toContain("barrel");
  expect(nameFault("server/index.ts")).toBeNull();
});

test("names of things may contain what is no name by itself", () => {
  const names = [
    "server/auth/password/common-forms.ts",
    "server/platform/library.ts",
    "app/components/ui/commonality.tsx",
    "app/routes/_index.tsx",
  ];
  for (const path of [...names, "server/platform/tenant-db.db.test.ts"])
    expect(nameFault(path), path).toBeNull();
});

test("a file that only passes on is a barrel, one that does something of its own is not", () => {
  expect(isBarrel(parse('// All of it.\nexport * from "./a";\nexport { b } from "./b";'))).toBe(true);
  expect(isBarrel(parse('export type { A } from "./a";'))).toBe(true);
  expect(isBarrel(parse('export { b } from "./b";\nexport const c = 1;'))).toBe(false);
  expect(isBarrel(parse(""))).toBe(false);
});

test("a text becomes a tenant's id where scopes are made and nowhere else", () => {
  const casts = [
    "const id = row.tenantId as TenantId;",
    "const id = <TenantId>row.tenantId;",
    "const ids = rows as { tenantId: TenantId }[];",
    "const id = row as unknown as TenantId;",
  ];
  for (const text of casts) {
    expect(listTenantIdCasts(parse(text)), text).toHaveLength(1);
    expect(listTenantIdCasts(parse(text, "server/tenants/scope.ts")), text).toEqual([]);
  }
  expect(listTenantIdCasts(parse("const id: TenantId = scope.tenantId; const a = b as string;"))).toEqual([]);
});

test("a page has at most 200 lines, its test and everything else more", () => {
  expect(linesOf("app/routes/t.$tenant.members.tsx").fail).toBe(200);
  expect(linesOf("app/routes/account.avatar.ts").fail).toBe(200);
  expect(linesOf("app/routes/account.avatar.test.ts").fail).toBe(400);
  expect(linesOf("server/http.ts").fail).toBe(400);
});

test("tables of procedures are found at any depth of a room", () => {
  for (const path of [
    "server/chat/router.ts",
    "server/admin/billing/router.ts",
    "server/billing/money/router.ts",
  ])
    expect(isRouter(path), path).toBe(true);
  for (const path of ["server/router.ts", "server/chat/router.test.ts", "app/router.ts"])
    expect(isRouter(path), path).toBe(false);
});

test("a loader is found however it is exported", () => {
  const names = (text: string) => listHandlers(parse(text, "app/routes/a.tsx")).map(({ name }) => name);
  expect(names("export async function loader() {}\nexport const action = async () => null;")).toEqual([
    "loader",
    "action",
  ]);
  expect(names('export { loader } from "./b";\nexport { take as action } from "~/c";')).toEqual([
    "loader",
    "action",
  ]);
  expect(names("const load = () => null;\nexport { load as loader };")).toEqual(["loader"]);
  expect(names('export * from "./b";')).toEqual(["*"]);
  expect(names('export type { loader } from "./b";\nexport { meta, ErrorBoundary } from "./b";')).toEqual([]);
});
