// Journeys in a real Chromium against two copies of `npm start`, each with a data folder of its own, the demo model and
// the mail outbox: one open to everybody, and one where an operator lets people in.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig, devices } from "@playwright/test";
import { findChromium } from "./scripts/browser-and-redis";

const port = Number(process.env["E2E_PORT"] ?? 3190);
const operatorsPort = Number(process.env["E2E_OPERATORS_PORT"] ?? port + 1);
const isCi = Boolean(process.env["CI"]);
const executablePath = findChromium();
// Its operator enrols at the first sign-in: each run has another one, in a folder that was empty.
const operators = {
  DATA_DIR: once("E2E_OPERATORS_DATA_DIR", newFolder),
  SIGNUP_ACCESS_POLICY: "approval",
  ADMIN_EMAIL: once("E2E_ADMIN_EMAIL", () => `${randomBytes(5).toString("hex")}@example.test`),
  ADMIN_PASSWORD: once("E2E_ADMIN_PASSWORD", () => `${randomBytes(15).toString("base64url")}-aA1`),
};

/** Workers read this file too, and find in the environment what its first reader made. */
function once(name: string, make: () => string): string {
  const value = process.env[name] || make();
  process.env[name] = value;
  return value;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "parley-operators-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function server(onPort: number, env: Record<string, string>) {
  return {
    command: "node scripts/start.mjs",
    url: `${addressOf(onPort)}/healthz`,
    timeout: 300_000,
    stdout: "pipe",
    // SIGKILL would leave the embedded PostgreSQL behind.
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
    env: {
      NODE_ENV: "development",
      PORT: String(onPort),
      DATABASE_URL: "",
      REDIS_URL: "",
      OPENAI_API_KEY: "",
      OPENAI_BASE_URL: "",
      RATE_LIMIT_SCALE: "100",
      LOG_LEVEL: "warn",
      UV_THREADPOOL_SIZE: "8",
      ...env,
    },
  } as const;
}

function addressOf(onPort: number): string {
  return `http://localhost:${onPort}`;
}

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  // One file's pages wait while another's are drawn. What stands in one file runs in its order.
  workers: 2,
  forbidOnly: isCi,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: isCi ? [["list"], ["html", { open: "never" }]] : [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    // Without its film: taking a picture of each frame costs more than everything else that the browser does.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // There is no graphics card: what stands in for one takes more than a third of a core.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu"],
    },
  },
  projects: [
    // A long file comes first, so that no worker is left alone with it at the end.
    { name: "by approval", testMatch: "operators.spec.ts", use: { baseURL: addressOf(operatorsPort) } },
    { name: "open", testIgnore: "operators.spec.ts", use: { baseURL: addressOf(port) } },
  ],
  // One after the other: the second finds the build that the first one made.
  webServer: [
    {
      ...server(port, { DATA_DIR: process.env["E2E_DATA_DIR"] ?? "var/e2e" }),
      reuseExistingServer: !isCi,
    },
    { ...server(operatorsPort, operators), reuseExistingServer: false },
  ],
});
