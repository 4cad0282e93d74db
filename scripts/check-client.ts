// What reaches the browser: nothing of the server, no zod, and no more JavaScript than the pages' budgets allow.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "./build-app";
import { report } from "./sources";

const CLIENT = join(ROOT, "build/client");
const SERVER = join(ROOT, "build/server");
/** Literals that server code cannot do without: present in its bundle, absent from every file of the browser. */
const CANARIES = ["app.tenant_id", "graphile_worker", "PASSWORD_PEPPERS", "audit_append"];
const ZOD_MARKS = ["ZodError", "$ZodType", "invalid_union"];

interface PageBudget {
  page: string;
  /** The deepest route; its parents are loaded with it. */
  routeId: string;
  gzipBytesMax: number;
}

const BUDGETS: PageBudget[] = [
  { page: "login", routeId: "routes/_auth.login", gzipBytesMax: 95 * 1024 },
  { page: "chat", routeId: "routes/t.$tenant.chat.$conversationId", gzipBytesMax: 230 * 1024 },
];

interface ManifestEntry {
  module: string;
  imports?: string[];
}

interface Manifest {
  entry: ManifestEntry;
  routes: Record<string, ManifestEntry & { parentId?: string }>;
}

const problems: string[] = [];

function listAssets(): string[] {
  const files = readdirSync(CLIENT, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.(js|css|html|json|map|txt)$/.test(file));
}

function readServerBundle(): string {
  const files = readdirSync(SERVER, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  return files.map((file) => readFileSync(join(SERVER, file), "utf8")).join("\n");
}

function checkLeaks(): void {
  const server = readServerBundle();
  for (const canary of CANARIES) {
    if (!server.includes(canary))
      problems.push(`the server's bundle lacks "${canary}": choose another canary`);
  }
  for (const file of listAssets()) {
    const text = readFileSync(join(CLIENT, file), "utf8");
    if (file.endsWith(".map")) problems.push(`${file} shows sources`);
    for (const canary of CANARIES)
      if (text.includes(canary)) problems.push(`${file} holds "${canary}" of the server`);
    if (ZOD_MARKS.some((mark) => text.includes(mark))) problems.push(`${file} holds zod`);
  }
}

function readManifest(): Manifest {
  const file = listAssets().find((name) => /assets\/manifest-[\w-]+\.js$/.test(name));
  if (!file) throw new Error("The client build has no manifest.");
  const text = readFileSync(join(CLIENT, file), "utf8");
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Manifest;
}

/** Everything the browser fetches before the page is interactive: the entry and each matched route with its imports. */
function filesOfPage(manifest: Manifest, routeId: string): Set<string> {
  const files = new Set([manifest.entry.module, ...(manifest.entry.imports ?? [])]);
  for (let id: string | undefined = routeId; id; id = manifest.routes[id]?.parentId) {
    const route = manifest.routes[id];
    if (route) for (const file of [route.module, ...(route.imports ?? [])]) files.add(file);
  }
  return files;
}

function checkBudget(manifest: Manifest, budget: PageBudget): void {
  if (!manifest.routes[budget.routeId]) {
    problems.push(`${budget.page}: route ${budget.routeId} is not in the build`);
    return;
  }
  const sizes = [...filesOfPage(manifest, budget.routeId)].map(
    (file) => gzipSync(readFileSync(join(CLIENT, file)), { level: 9 }).length,
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const text = `${budget.page} page: ${(bytes / 1024).toFixed(1)} KB of gzipped JavaScript in ${sizes.length} files`;
  console.log(`  ${text} (at most ${budget.gzipBytesMax / 1024})`);
  if (bytes > budget.gzipBytesMax) problems.push(text);
}

checkLeaks();
const manifest = readManifest();
for (const budget of BUDGETS) checkBudget(manifest, budget);
report("client", problems);
