// npm run catalogue:load — brings plans, allowances and prices of the database to what CATALOGUE_FILE says (default
// prisma/catalogue.json). -- --dry-run says what would change; -- --check exits 1 unless the file is the one loaded last.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import pg from "pg";
import { isLoaded, loadCatalogue } from "../server/catalogue/load";
import { runCommand } from "./command";
import { readEnvFile } from "./env-file";

const DEFAULT_FILE = fileURLToPath(new URL("../prisma/catalogue.json", import.meta.url));

/** The text of the catalogue file that this copy uses. */
export function readCatalogueFile(): string {
  const path = process.env["CATALOGUE_FILE"];
  return readFileSync(path ? resolve(path) : DEFAULT_FILE, "utf8");
}

/** The catalogue file with invented prices for more models, for tests and benchmarks. */
export function catalogueWithPricesFor(items: string[]): string {
  const catalogue = JSON.parse(readCatalogueFile());
  const [version] = catalogue.rateCards[0].versions;
  for (const item of items) {
    version.lines.push({ item, unit: "input_token", price: "2.00", per: 1_000_000 });
    version.lines.push({ item, unit: "output_token", price: "8.00", per: 1_000_000 });
  }
  return JSON.stringify(catalogue);
}

/** Loads a catalogue unless it is the one loaded last; answers what was changed, one line each. */
export async function ensureCatalogue(platformUrl: string, text = readCatalogueFile()): Promise<string[]> {
  return withClient(platformUrl, async (client) =>
    (await isLoaded(client, text)) ? [] : loadCatalogue(client, text, { at: new Date() }),
  );
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function run(): Promise<string> {
  const { values } = parseArgs({ options: { "dry-run": { type: "boolean" }, check: { type: "boolean" } } });
  readEnvFile();
  const url = process.env["DATABASE_PLATFORM_URL"];
  if (!url) throw new Error("DATABASE_PLATFORM_URL is missing: the URL of the platform role.");
  const text = readCatalogueFile();
  return withClient(url, async (client) => {
    if (values.check) return check(client, text);
    const isDryRun = values["dry-run"] ?? false;
    const changes = await loadCatalogue(client, text, { at: new Date(), isDryRun });
    if (changes.length === 0) return "The catalogue is up to date.";
    return [isDryRun ? "Would load:" : "Loaded:", ...changes].join("\n  ");
  });
}

async function check(client: pg.Client, text: string): Promise<string> {
  if (await isLoaded(client, text)) return "The catalogue is loaded.";
  throw new Error("The catalogue is not loaded: run npm run catalogue:load.");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand(run, async () => undefined);
