import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { platformPool } from "../platform/db";
import { loadCatalogue } from "./load";

const DAY_MS = 86_400_000;
const at = new Date();
const inDays = (days: number) => new Date(at.getTime() + days * DAY_MS).toISOString();
let client: pg.Client;

interface File {
  rateCards: {
    code: string;
    currency: string;
    versions: {
      version: number;
      effectiveFrom: string;
      lines: { item: string; unit: string; price: string; per: number }[];
    }[];
  }[];
}

beforeAll(async () => {
  client = new pg.Client({ connectionString: process.env["DATABASE_PLATFORM_URL"] });
  await client.connect();
});
afterAll(async () => {
  await client.end();
});

/** The shipped prices under a rate card of its own, so that tests do not meet. */
function fileFor(code: string, edit: (file: File) => void = () => {}): string {
  const { rateCards } = JSON.parse(readFileSync("prisma/catalogue.json", "utf8")) as File;
  const file = { rateCards: rateCards.map((card) => ({ ...card, code })), plans: [] };
  edit(file);
  return JSON.stringify(file);
}

function addVersion(file: File, effectiveFrom: string, price: string): void {
  const versions = file.rateCards[0]?.versions ?? [];
  const last = versions.at(-1);
  if (!last) return;
  const lines = last.lines.map((line) => ({ ...line, price }));
  versions.push({ ...last, version: last.version + 1, effectiveFrom, lines });
}

async function versionsOf(code: string) {
  const { rows } = await platformPool().query(
    `SELECT v.version, v.effective_from, v.effective_to FROM rate_card_versions v JOIN rate_cards c ON c.id = v.rate_card_id
      WHERE c.code = $1 ORDER BY v.version`,
    [code],
  );
  return rows;
}

test("a file that is loaded already changes nothing", async () => {
  await loadCatalogue(client, fileFor("twice"), { at });
  expect(await loadCatalogue(client, fileFor("twice"), { at })).toEqual([]);
});

test("a dry run says what would change and changes nothing", async () => {
  const changes = await loadCatalogue(client, fileFor("dry"), { at, isDryRun: true });
  expect(changes[0]).toContain("rate card dry: version 1");
  expect(await versionsOf("dry")).toEqual([]);
});

test("a price that has taken effect cannot be edited, and nothing of the file is loaded", async () => {
  await loadCatalogue(client, fileFor("edited"), { at });
  const edited = fileFor("edited", (file) => {
    addVersion(file, inDays(10), "3");
    const line = file.rateCards[0]?.versions[0]?.lines[0];
    if (line) line.price = "9.99";
  });
  await expect(loadCatalogue(client, edited, { at })).rejects.toMatchObject({ code: "conflict" });
  expect(await versionsOf("edited")).toHaveLength(1);
});

test("a new version ends the one before at the instant it begins, and may be rewritten until then", async () => {
  await loadCatalogue(client, fileFor("next"), { at });
  await loadCatalogue(
    client,
    fileFor("next", (file) => addVersion(file, inDays(10), "3")),
    { at },
  );
  await loadCatalogue(
    client,
    fileFor("next", (file) => addVersion(file, inDays(20), "4")),
    { at },
  );
  const [first, second, ...others] = await versionsOf("next");
  expect(others).toEqual([]);
  expect(first?.effective_to).toEqual(second?.effective_from);
  expect(second).toMatchObject({ effective_from: new Date(inDays(20)), effective_to: null });
});

test("a version that would begin in the past is refused", async () => {
  await loadCatalogue(client, fileFor("past"), { at });
  const late = fileFor("past", (file) => addVersion(file, inDays(-1), "3"));
  await expect(loadCatalogue(client, late, { at })).rejects.toThrow("begins in the past");
});

test.each([
  "UPDATE rate_lines SET price_nano_per_million = 0",
  "DELETE FROM rate_lines",
  "UPDATE rate_card_versions SET effective_from = now() + interval '1 day'",
  "DELETE FROM plan_versions",
  "UPDATE plan_limits SET hard_limit = 1",
])("the database refuses: %s", async (sql) => {
  await expect(client.query(sql)).rejects.toThrow("has taken effect");
});

test("versions of one card never overlap, whoever writes them", async () => {
  const overlap = `INSERT INTO rate_card_versions (id, rate_card_id, version, effective_from, checksum)
    SELECT gen_random_uuid(), id, 99, now() - interval '1 hour', '' FROM rate_cards WHERE code = 'standard'`;
  await expect(client.query(overlap)).rejects.toThrow("rate_card_versions_no_overlap");
});

test("the application role cannot write the catalogue", async () => {
  const app = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
  await app.connect();
  await expect(app.query("INSERT INTO rate_cards VALUES (gen_random_uuid(), 'mine', 'USD')")).rejects.toThrow(
    "permission denied",
  );
  await app.end();
});
