// What metrics and logs call a page: the pattern of the route that answers its address. The routes of the build are a
// closed list, so neither ids nor what anybody types into an address can become a label.

import type { ServerBuild } from "@remix-run/node";

type Routes = ServerBuild["routes"];

/** Where addresses part; each step down is one of their segments. */
interface Crossing {
  named: Map<string, Crossing>;
  any: Crossing | null;
  /** The pattern that ends here. */
  end: string | null;
  /** The pattern that takes whatever follows. */
  rest: string | null;
}

const MANIFEST = "/__manifest";
const NOWHERE = "/*";

/** Names the pages of this build: address in, pattern of its route out. */
export function pageLabels(routes: Routes): (path: string) => string {
  const root = crossing();
  for (const route of Object.values(routes)) {
    if (route.path !== undefined || route.index) enter(root, segmentsOf(patternOf(routes, route)));
  }
  // Remix answers this one itself: what the browser asks for to learn of further routes.
  enter(root, segmentsOf(MANIFEST));
  return (path) => find(root, segmentsOf(pageOf(path)), 0) ?? NOWHERE;
}

// Data of a page is asked for at its address with an ending; that of the first page has a name of its own.
function pageOf(path: string): string {
  return path.replace(/\.data$/, "").replace(/^\/_root$/, "/");
}

function patternOf(routes: Routes, route: NonNullable<Routes[string]>): string {
  const parent = route.parentId === undefined ? undefined : routes[route.parentId];
  const above = parent === undefined ? "" : patternOf(routes, parent);
  return route.path === undefined ? above : `${above}/${route.path}`;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function crossing(): Crossing {
  return { named: new Map(), any: null, end: null, rest: null };
}

function enter(root: Crossing, pattern: string[]): void {
  const label = `/${pattern.join("/")}`;
  let here = root;
  for (const segment of pattern) {
    if (segment === "*") {
      here.rest = label;
      return;
    }
    here = segment.startsWith(":") ? anyOf(here) : namedOf(here, segment.toLowerCase());
  }
  here.end ??= label;
}

function anyOf(here: Crossing): Crossing {
  here.any ??= crossing();
  return here.any;
}

function namedOf(here: Crossing, name: string): Crossing {
  const known = here.named.get(name) ?? crossing();
  here.named.set(name, known);
  return known;
}

// A name goes before a parameter, and a parameter before the rest, as Remix ranks its routes.
function find(here: Crossing, segments: string[], index: number): string | null {
  const segment = segments[index];
  if (segment === undefined) return here.end ?? here.rest;
  const named = here.named.get(segment.toLowerCase());
  const found = named === undefined ? null : find(named, segments, index + 1);
  return found ?? (here.any === null ? null : find(here.any, segments, index + 1)) ?? here.rest;
}
