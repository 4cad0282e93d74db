// The two tools of the whole test suite that npm does not ship: a Chromium and a redis-server. Found, or provided by
// apt-get (root on Debian) or Playwright's installer, or named with what to type.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { binaryOf, ROOT } from "./build-app";
import { hasRedisServer } from "./redis-server";

const SYSTEM_CHROMIUMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export interface Tools {
  found: string[];
  missing: string[];
}

/** The Chromium to test with: the system's, or the one that Playwright installed. */
export function findChromium(): string | null {
  const candidates = [process.env["CHROMIUM_PATH"], ...SYSTEM_CHROMIUMS, chromium.executablePath()];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/** Finds both tools, trying to install what is missing. */
export async function ensureTools(): Promise<Tools> {
  const packages = [...(findChromium() ? [] : ["chromium"]), ...(hasRedisServer() ? [] : ["redis-server"])];
  if (packages.length > 0 && canUseApt()) installWithApt(packages);
  if (!findChromium()) installWithPlaywright();
  const browser = findChromium();
  const found = [
    ...(browser ? [`Chromium: ${browser}`] : []),
    ...(hasRedisServer() ? ["redis-server: found"] : []),
  ];
  const missing = [
    ...(browser ? [] : ["Chromium (apt-get install chromium, or npx playwright install chromium)"]),
    ...(hasRedisServer() ? [] : ["redis-server (apt-get install redis-server, or brew install redis)"]),
  ];
  return { found, missing };
}

function canUseApt(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

function installWithApt(packages: string[]): void {
  console.log(`   installing ${packages.join(" and ")} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-q"], { stdio: "ignore", env });
  spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], {
    stdio: "ignore",
    env,
  });
}

function installWithPlaywright(): void {
  console.log("   installing Chromium with Playwright");
  spawnSync(process.execPath, [binaryOf("@playwright/test"), "install", "chromium"], {
    cwd: ROOT,
    stdio: "inherit",
  });
}
