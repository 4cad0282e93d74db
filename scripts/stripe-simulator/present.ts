// What an answer shows of an object: ids instead of other objects, unless `expand` asks for them; a few fields only when
// they are asked for.
import { invalid } from "./failure";
import { findAny, type World } from "./world";

/** Fields that Stripe leaves out of an answer unless they are expanded. */
const ON_REQUEST: Record<string, string[]> = {
  charge: ["refunds"],
  "checkout.session": ["line_items"],
  invoice: ["confirmation_secret", "payments"],
};

type Json = { [name: string]: unknown };

/** A copy for the answer. Throws Stripe's error of a path that cannot be expanded. */
export function present(world: World, object: object, expand: string[] = []): Json {
  const full = copy(object);
  const shown = stripped(full);
  for (const path of expand) open(world, { shown, full }, path);
  return shown;
}

function copy(object: object): Json {
  return JSON.parse(JSON.stringify(object)) as Json;
}

function stripped(object: Json): Json {
  const hidden = ON_REQUEST[String(object["object"])] ?? [];
  const shown = { ...object };
  for (const name of hidden) delete shown[name];
  if (Array.isArray(shown["data"])) shown["data"] = shown["data"].map((item: Json) => stripped(item));
  return shown;
}

function open(world: World, { shown, full }: { shown: Json; full: Json }, path: string): void {
  const [head = "", ...rest] = path.split(".");
  if (!(head in full) && head !== "data") throw cannot(path);
  shown[head] ??= stripHolder(full[head]);
  const value = shown[head];
  const opened = typeof value === "string" ? resolved(world, value, path) : value;
  shown[head] = opened;
  if (rest.length === 0 || opened === null || opened === undefined) return;
  if (Array.isArray(opened)) openItems(world, { shown: opened, full: full[head] }, rest.join("."));
  else
    open(world, { shown: opened as Json, full: fullOf(world, opened as Json, full[head]) }, rest.join("."));
}

function openItems(world: World, { shown, full }: { shown: unknown[]; full: unknown }, path: string): void {
  shown.forEach((item, position) => {
    const fullItem = Array.isArray(full) ? full[position] : item;
    open(world, { shown: item as Json, full: fullItem as Json }, path);
  });
}

function stripHolder(value: unknown): unknown {
  return value && typeof value === "object" && !Array.isArray(value) ? stripped(value as Json) : value;
}

/** An object that was an id a moment ago is complete in the world. */
function fullOf(world: World, opened: Json, held: unknown): Json {
  if (held && typeof held === "object") return held as Json;
  return copy(findAny(world, String(opened["id"])) ?? opened);
}

function resolved(world: World, id: string, path: string): Json {
  const object = findAny(world, id);
  if (!object) throw cannot(path);
  return stripped(copy(object));
}

function cannot(path: string): Error {
  return invalid(`This property cannot be expanded (${path}).`, { param: "expand" });
}
