// Three kinds of tests: unit (no database), dom (components in jsdom), db (each file owns a migrated database). They wait
// for the database about as often as they compute, so three workers fill two cores. Chaos and the bare installation come
// after them, two at a time: they start processes of their own.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const OUTSIDE = ["node_modules/**", "build/**", "tests/e2e/**"];
// Tests promise what happens, not how fast: a busy machine takes its time.
const PATIENCE = { testTimeout: 60_000, hookTimeout: 90_000, expect: { poll: { timeout: 20_000 } } };
const CHAOS = "tests/chaos/**/*.test.ts";
const DEPLOYMENT = "tests/deployment/**/*.test.ts";
// Files share the processes of their project: see the file of setup, which comes first.
const WORKER = "tests/setup/shared-worker.ts";
const SHARED = { isolate: false, maxWorkers: 3, ...PATIENCE };
const APART = { isolate: false, maxWorkers: 2, sequence: { groupOrder: 1 } };
const DATABASE = {
  globalSetup: ["tests/setup/global-database.ts"],
  setupFiles: [WORKER, "tests/setup/environment.ts", "tests/setup/faults.ts", "tests/setup/database.ts"],
};
const alias = { "~": fileURLToPath(new URL("./app", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    coverage: { provider: "v8", include: ["server/**", "app/**"], exclude: ["server/platform/prisma/**"] },
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["server/**/*.test.ts", "app/**/*.test.ts", "scripts/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: [...OUTSIDE, DEPLOYMENT, CHAOS, "**/*.db.test.ts"],
          setupFiles: [WORKER, "tests/setup/environment.ts", "tests/setup/faults.ts"],
          ...SHARED,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "dom",
          environment: "jsdom",
          include: ["app/**/*.test.tsx"],
          exclude: OUTSIDE,
          setupFiles: [WORKER, "tests/setup/dom.ts"],
          ...SHARED,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "db",
          include: ["**/*.db.test.ts"],
          exclude: [...OUTSIDE, CHAOS],
          ...DATABASE,
          ...SHARED,
        },
      },
      {
        resolve: { alias },
        test: { name: "chaos", include: [CHAOS], ...DATABASE, ...PATIENCE, ...APART },
      },
      {
        test: {
          name: "deployment",
          include: [DEPLOYMENT],
          setupFiles: [WORKER, "tests/setup/environment.ts"],
          ...APART,
        },
      },
    ],
  },
});
