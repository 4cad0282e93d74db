// npm run stripe:fixtures — whether the recorded events of tests/fixtures/stripe are what Stripe sends: whole, of the SDK's
// version and types, of test mode, each with an id of its own, and without keys or anybody's address.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { listFiles, readSource, report } from "./sources";

const FOLDER = "tests/fixtures/stripe";
const SECRET = /\b([rs]k_(test|live)|whsec|pk_(test|live))_\w+/;
const ADDRESS = /[\w.+-]+@(?!(?:[\w-]+\.)*example(?:\.(?:com|org|net))?\b)[\w-]+(?:\.[\w-]+)+/;

const stripe = dirname(createRequire(import.meta.url).resolve("stripe"));
const declarations = readFileSync(join(stripe, "resources", "Events.d.ts"), "utf8");
const TYPES = new Set([...declarations.matchAll(/^ {4}type: '([\w.]+)';$/gm)].map(([, type]) => type));
const [, VERSION] =
  /ApiVersion = '([\w.-]+)'/.exec(readFileSync(join(stripe, "apiVersion.js"), "utf8")) ?? [];

const RecordedEvent = z.looseObject({
  id: z.string().regex(/^evt_\w+$/),
  object: z.literal("event"),
  api_version: z.literal(VERSION ?? ""),
  created: z.number().int().positive(),
  livemode: z.literal(false),
  type: z.string().refine((type) => TYPES.has(type), "is no type that the SDK knows"),
  data: z.looseObject({ object: z.looseObject({ id: z.string().min(1), object: z.string().min(1) }) }),
});

const problems: string[] = [];
const fileOf = new Map<string, string>();

for (const path of listFiles(FOLDER, /\.json$/)) check(path, readSource(path));
if (fileOf.size === 0) problems.push(`${FOLDER} holds no recorded event`);
report("recorded events", problems);

function check(path: string, text: string): void {
  if (SECRET.test(text)) problems.push(`${path} holds a key or a secret`);
  if (ADDRESS.test(text)) problems.push(`${path} holds an address that is no example`);
  const parsed = RecordedEvent.safeParse(parseJson(text));
  if (!parsed.success) {
    for (const { path: field, message } of parsed.error.issues)
      problems.push(`${path}: ${field.join(".") || "event"}: ${message}`);
    return;
  }
  const { id, type } = parsed.data;
  const twin = fileOf.get(id);
  if (twin !== undefined) problems.push(`${path} has the id of ${twin}`);
  fileOf.set(id, path);
  const name = `${type.replaceAll(/[._]/g, "-")}`;
  if (!basename(path).startsWith(name)) problems.push(`${path} is of the type ${type}: name it ${name}.json`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
