// What Stripe's clients send: application/x-www-form-urlencoded with brackets (`items[0][price]=price_1`), read into nested
// objects and lists. Every leaf is text; the schema of the route says what it means.

export type FormValue = string | FormObject | FormValue[];
export interface FormObject {
  [name: string]: FormValue;
}

const DEPTH_MAX = 12;

/** `a[b][0]=c` becomes `{a: {b: ["c"]}}`; names that could reach a prototype are plain names. */
export function parseForm(text: string): FormObject {
  const root = branch();
  for (const [name, value] of new URLSearchParams(text)) set(root, pathOf(name), value);
  return withLists(root) as FormObject;
}

/** Object.create(null): a parameter called __proto__ is refused by the schema like any unknown one. */
function branch(): FormObject {
  return Object.create(null) as FormObject;
}

function pathOf(name: string): string[] {
  const [head = "", ...rest] = name.split("[");
  return [head, ...rest.map((part) => part.replace(/\]$/, ""))].slice(0, DEPTH_MAX);
}

function set(root: FormObject, path: string[], value: string): void {
  let node = root;
  path.forEach((part, position) => {
    const key = part === "" ? String(Object.keys(node).length) : part;
    if (position === path.length - 1) {
      node[key] = value;
      return;
    }
    const next = node[key];
    node = typeof next === "object" && !Array.isArray(next) ? next : branchAt(node, key);
  });
}

function branchAt(node: FormObject, key: string): FormObject {
  const made = branch();
  node[key] = made;
  return made;
}

/** An object whose names are 0, 1, 2 ... was a list. */
function withLists(value: FormValue): FormValue {
  if (typeof value === "string" || Array.isArray(value)) return value;
  const names = Object.keys(value);
  for (const name of names) value[name] = withLists(value[name] as FormValue);
  const isList = names.length > 0 && names.every((name) => /^\d+$/.test(name));
  if (!isList) return value;
  return names.sort((left, right) => Number(left) - Number(right)).map((name) => value[name] as FormValue);
}
