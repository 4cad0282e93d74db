import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATA_MAP } from "./data-map";

// What a column of a person, of an address or of a workspace is called.
const PERSONAL =
  /^(user_id|tenant_id|active_tenant_id|actor_id|account_key|email|bound_email|recipient|ip|ip_envelope|user_agent)$|(^|_)(user|owner|member|author|operator|actor)_id$|_by$|_email$/;

interface Table {
  name: string;
  columns: string[];
  owner: string;
}

const schema = readFileSync("prisma/schema.prisma", "utf8");

const tables: Table[] = [...schema.matchAll(/((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(
  ([, comment = "", name = "", body = ""]) => ({
    name: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
    owner: /owner: ([\w-]+)/.exec(comment)?.[1] ?? "",
    columns: [...body.matchAll(/^ {2}(\w+) +(\w+)[?[\]]* *(.*)$/gm)]
      .filter(([, , , rest = ""]) => !rest.includes("@relation"))
      .map(([, field = "", , rest = ""]) => /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field),
  }),
);

const mapped = DATA_MAP.flatMap(({ room, tables: own }) => own.map((rule) => ({ room, ...rule })));

test("every table with something of a person or of a workspace is in the data map, in its owner's room", () => {
  const personal = tables.filter(({ columns }) => columns.some((column) => PERSONAL.test(column)));
  const missing = personal.filter(({ name }) => !mapped.some(({ table }) => table === name));
  expect(missing.map(({ name, owner }) => `${name}: declare it in server/${owner}/personal-data.ts`)).toEqual(
    [],
  );
  for (const { table, room } of mapped) {
    expect(tables.find(({ name }) => name === table)?.owner, table).toBe(room);
  }
});

test("a table of people says which rows are whose, and a table of workspaces what goes with them", () => {
  for (const { name, columns } of tables) {
    const rule = mapped.find(({ table }) => table === name);
    if (!rule) continue;
    if (columns.includes("user_id")) expect(rule.ofPerson, name).toBeDefined();
    if (columns.some((column) => /(^|_)tenant_id$/.test(column))) {
      expect(rule.onTenantErased, name).toBeDefined();
    }
  }
});

test("what is kept, or is withheld from the copy, has a reason; what is exported exists and is no secret", () => {
  for (const { table, exported, onPersonErased, onTenantErased, ofPerson, why } of mapped) {
    const columns = tables.find(({ name }) => name === table)?.columns ?? [];
    if (onPersonErased === "keep" || onTenantErased === "keep") expect(why, table).toBeDefined();
    if (ofPerson !== undefined && exported === undefined) expect(why, table).toBeDefined();
    for (const column of exported ?? []) {
      expect(columns, table).toContain(column);
      expect(column).not.toMatch(/hash|secret|envelope|token$/);
    }
  }
});
