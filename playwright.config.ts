// Journeys in a real Chromium against `npm start` on a data folder of its own, with the demo model and the mail outbox.
import { defineConfig, devices } from "@playwright/test";
import { findChromium } from "./scripts/browser-and-redis";

const port = Number(process.env["E2E_PORT"] ?? 3190);
const url = `http://localhost:${port}`;
const isCi = Boolean(process.env["CI"]);
const executablePath = findChromium();

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  workers: 1,
  forbidOnly: isCi,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: isCi ? [["list"], ["html", { open: "never" }]] : [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: url,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
    },
  },
  webServer: {
    command: "node scripts/start.mjs",
    url: `${url}/healthz`,
    timeout: 300_000,
    reuseExistingServer: !isCi,
    stdout: "pipe",
    // SIGKILL would leave the embedded PostgreSQL behind.
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
    env: {
      NODE_ENV: "development",
      PORT: String(port),
      DATA_DIR: process.env["E2E_DATA_DIR"] ?? "var/e2e",
      DATABASE_URL: "",
      REDIS_URL: "",
      OPENAI_API_KEY: "",
      OPENAI_BASE_URL: "",
      RATE_LIMIT_SCALE: "100",
      LOG_LEVEL: "warn",
      UV_THREADPOOL_SIZE: "8",
    },
  },
});
