// The two tools of the whole test suite that npm does not ship: a Chromium and a redis-server. Found, or provided by
// apt-get (root on Debian) or Playwright's installer, or named with what to type.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { binaryOf, ROOT } from "./build-app";
import { hasRedisServer } from "./redis-server";

const VERSION_TIMEOUT_MS = 60_000;
const APT_TIMEOUT_MS = 600_000;
const APT_ATTEMPTS_MAX = 3;
const APT_PAUSE_MS = 5_000;
/** The shell first: the same engine without windows, which takes little more than half of the processor's time. */
const SYSTEM_CHROMIUMS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const [SHELL_PACKAGE, CHROMIUM_PACKAGE] = ["chromium-headless-shell", "chromium"];

export interface Tools {
  found: string[];
  missing: string[];
}

/** The Chromium to test with: the named one, the system's, or the one that Playwright installed. */
export function findChromium(): string | null {
  const named = process.env["CHROMIUM_PATH"];
  if (named && existsSync(named)) return named;
  return [...SYSTEM_CHROMIUMS, chromium.executablePath()].find(canRun) ?? null;
}

/** A file alone proves nothing: Ubuntu's is a stand-in for a snap, and Playwright's may lack the system's libraries. */
function canRun(path: string): boolean {
  if (!path || !existsSync(path)) return false;
  return spawnSync(path, ["--version"], { stdio: "ignore", timeout: VERSION_TIMEOUT_MS }).status === 0;
}

/** Finds both tools, trying to install what is missing. */
export async function ensureTools(): Promise<Tools> {
  const packages = [
    ...(findChromium() ? [] : [CHROMIUM_PACKAGE]),
    ...(hasRedisServer() ? [] : ["redis-server"]),
  ];
  if (packages.length > 0) await installWithApt(packages);
  if (!findChromium()) installWithPlaywright();
  const browser = findChromium();
  // Every later step uses the one that was found here.
  if (browser) process.env["CHROMIUM_PATH"] = browser;
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

/** As root, or with a sudo that asks no password. A mirror that fails is asked again. */
async function installWithApt(packages: string[]): Promise<void> {
  const apt = aptCommand();
  if (apt === null) return;
  console.log(`   installing ${packages.join(" and ")} with apt-get`);
  for (let attempt = 1; attempt <= APT_ATTEMPTS_MAX; attempt += 1) {
    runApt(apt, ["update"]);
    const known = packages.map((name) =>
      name === CHROMIUM_PACKAGE && hasShellPackage() ? SHELL_PACKAGE : name,
    );
    const install = runApt(apt, ["install", "-y", "--no-install-recommends", ...known]);
    if (install.status === 0) return;
    console.log(`   apt-get failed: ${install.output.trim().split("\n").slice(-3).join(" ")}`);
    if (attempt < APT_ATTEMPTS_MAX) await wait(APT_PAUSE_MS);
  }
}

function aptCommand(): string[] | null {
  if (!existsSync("/usr/bin/apt-get")) return null;
  if (process.getuid?.() === 0) return ["apt-get"];
  const canSudo = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return canSudo ? ["sudo", "-n", "apt-get"] : null;
}

/** Debian has it; other systems know only the whole browser. */
function hasShellPackage(): boolean {
  return spawnSync("apt-cache", ["show", SHELL_PACKAGE], { stdio: "ignore" }).status === 0;
}

function runApt([command = "", ...prefix]: string[], args: string[]): { status: number; output: string } {
  // Another apt-get may be under way, as on a machine that has just been started.
  const options = ["-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"];
  const result = spawnSync(command, [...prefix, ...options, ...args], {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    timeout: APT_TIMEOUT_MS,
  });
  return { status: result.status ?? 1, output: `${result.stdout ?? ""}${result.stderr ?? ""}` };
}

function installWithPlaywright(): void {
  console.log("   installing Chromium with Playwright");
  // Its libraries come with apt-get, which root alone may use.
  const withLibraries = process.getuid?.() === 0 ? ["--with-deps"] : [];
  spawnSync(process.execPath, [binaryOf("@playwright/test"), "install", ...withLibraries, "chromium"], {
    cwd: ROOT,
    stdio: "inherit",
    timeout: APT_TIMEOUT_MS,
  });
}
