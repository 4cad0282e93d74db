// Three kinds of tests: unit (no database), dom (components in jsdom), db (each file owns a migrated database). Chaos and
// the bare installation come after them: they start processes of their own and mostly wait for those.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const OUTSIDE = ["node_modules/**", "build/**", "tests/e2e/**"];
// Tests promise what happens, not how fast: a busy machine takes its time.
const PATIENCE = { testTimeout: 60_000, hookTimeout: 90_000, expect: { poll: { timeout: 20_000 } } };
const CHAOS = "tests/chaos/**/*.test.ts";
const DEPLOYMENT = "tests/deployment/**/*.test.ts";
const DATABASE = {
  globalSetup: ["tests/setup/global-database.ts"],
  setupFiles: ["tests/setup/environment.ts", "tests/setup/faults.ts", "tests/setup/database.ts"],
  ...PATIENCE,
};
const alias = { "~": fileURLToPath(new URL("./app", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    maxWorkers: 2,
    coverage: { provider: "v8", include: ["server/**", "app/**"], exclude: ["server/platform/prisma/**"] },
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["server/**/*.test.ts", "app/**/*.test.ts", "scripts/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: [...OUTSIDE, DEPLOYMENT, CHAOS, "**/*.db.test.ts"],
          setupFiles: ["tests/setup/environment.ts", "tests/setup/faults.ts"],
          ...PATIENCE,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "dom",
          environment: "jsdom",
          include: ["app/**/*.test.tsx"],
          exclude: OUTSIDE,
          setupFiles: ["tests/setup/dom.ts"],
          ...PATIENCE,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "db",
          include: ["**/*.db.test.ts"],
          exclude: [...OUTSIDE, CHAOS],
          ...DATABASE,
        },
      },
      {
        resolve: { alias },
        test: { name: "chaos", include: [CHAOS], sequence: { groupOrder: 1 }, ...DATABASE },
      },
      {
        test: {
          name: "deployment",
          include: [DEPLOYMENT],
          setupFiles: ["tests/setup/environment.ts"],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
