// Walls that imports do not show: who reads process.env, who makes a PrismaClient, who owns and who writes a model, who
// makes a tenant's id; the folders that no rule of the line would bind; names that say nothing and files that only pass on.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./build-app";
import { isBarrel, listTenantIdCasts, nameFault } from "./house-rules";
import { listFiles, listRooms, parseSource, placeOf, readSource, report } from "./sources";

const ENVIRONMENT_READER = "server/platform/config.ts";
const CLIENT_MAKER = "server/platform/db.ts";
const PRISMA_WRITES =
  "create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany";

interface Model {
  name: string;
  accessor: string;
  table: string;
  owner: string | null;
}

const problems: string[] = [];

function listModels(): Model[] {
  const schema = readSource("prisma/schema.prisma");
  const blocks = schema.matchAll(/((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}/gm);
  return [...blocks].map(([, comment = "", name = "", body = ""]) => ({
    name,
    accessor: name.charAt(0).toLowerCase() + name.slice(1),
    table: body.match(/@@map\("(\w+)"\)/)?.[1] ?? name,
    owner: comment.match(/\/\/\/ owner: ([\w-]+)/)?.[1] ?? null,
  }));
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
}

function checkWriters(path: string, text: string, models: Model[]): void {
  const room = path.split("/")[1] ?? "";
  for (const model of models) {
    if (room === model.owner) continue;
    const throughPrisma = new RegExp(`\\.${model.accessor}\\.(${PRISMA_WRITES})\\(`);
    const throughSql = new RegExp(`(INSERT\\s+INTO|UPDATE|DELETE\\s+FROM)\\s+"?${model.table}"?\\b`, "i");
    if (throughPrisma.test(text) || throughSql.test(text)) {
      problems.push(`${path} writes ${model.name}, which belongs to ${model.owner}`);
    }
  }
}

const rooms = new Set([...listRooms(), "platform", "testing"]);
for (const entry of readdirSync(join(ROOT, "server"), { withFileTypes: true })) {
  if (!entry.isDirectory() || rooms.has(entry.name)) continue;
  problems.push(`server/${entry.name} is no room of .dependency-cruiser.cjs: no rule binds it`);
}

for (const path of ["app", "server", "scripts", "tests", "prisma"].flatMap((folder) =>
  listFiles(folder, /./),
)) {
  const fault = nameFault(path);
  if (fault !== null) problems.push(fault);
  if (/\.tsx?$/.test(path) && isBarrel(parseSource(path)))
    problems.push(`${path} only passes on what others export`);
}

const models = listModels();
for (const model of models)
  if (!model.owner) problems.push(`prisma/schema.prisma: ${model.name} names no owner`);
for (const path of [...listFiles("server", /\.tsx?$/), ...listFiles("app", /\.tsx?$/)]) {
  if (/\.test\.tsx?$/.test(path) || path.startsWith("server/testing/")) continue;
  const text = withoutComments(readSource(path));
  if (path !== ENVIRONMENT_READER && /process\.env\b/.test(text)) {
    problems.push(`${path} reads process.env: only ${ENVIRONMENT_READER} does`);
  }
  if (path !== CLIENT_MAKER && /new PrismaClient\b/.test(text)) {
    problems.push(`${path} makes a PrismaClient: only ${CLIENT_MAKER} does`);
  }
  checkWriters(path, text, models);
  const source = parseSource(path);
  for (const cast of listTenantIdCasts(source)) {
    problems.push(`${placeOf(source, cast)} makes a TenantId: only server/tenants/scope.ts does`);
  }
}
report("walls", problems);
