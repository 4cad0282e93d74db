// Prisma's CLI: where the schema is, which database migrations go to, and which program answers as schema engine.
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// Set before the CLI resolves its engine: nothing is downloaded, on any machine.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fileURLToPath(
  new URL("./scripts/prisma-schema-engine.mjs", import.meta.url),
);
process.env["PRISMA_HIDE_UPDATE_MESSAGE"] ??= "1";

const databaseUrl = process.env["DATABASE_OWNER_URL"];
const shadowDatabaseUrl = process.env["SHADOW_DATABASE_URL"];

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(databaseUrl
    ? { datasource: { url: databaseUrl, ...(shadowDatabaseUrl ? { shadowDatabaseUrl } : {}) } }
    : {}),
});
