// What npm start and npm run dev do, run by start.mjs: from a bare machine to a running Parley. In production it only
// starts what is built: settings, database and migrations are then the operator's, and missing ones are named.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { config } from "../server/platform/config";
import { ensureBuild, ensureClient, ROOT } from "./build-app";
import { ensureCatalogue } from "./catalogue-load";
import { ensureDemo } from "./demo";
import { readEnvFile } from "./env-file";
import { withLock } from "./folder-lock";
import { type LocalDatabase, openLocalDatabase } from "./local-database";
import { dataFolder, type LocalSettings, localSettings } from "./local-settings";
import { migrateDatabase } from "./migrate";
import { step } from "./progress";
import { summaryText } from "./start-summary";

interface RunningApp {
  url: string;
  stop(): Promise<void>;
}

interface ServerBuild {
  entry: { module: { start(options: Record<string, unknown>): Promise<RunningApp> } };
}

/** What compiles TypeScript as it is loaded. */
interface Loader {
  endCompiling(): Promise<void>;
}

type Cleanup = () => Promise<unknown>;

const isDevelopmentServer = process.argv.includes("--dev");
const cleanups: Cleanup[] = [];
let isStopping = false;
let simulatedStripeUrl: string | null = null;

/** Starts everything; ends the process with 1 when it cannot, and with 0 on SIGINT and SIGTERM. */
export async function startParley(loader: Loader): Promise<void> {
  try {
    await start(loader);
  } catch (error) {
    console.error(describe(error));
    await stopEverything(1);
  }
}

async function start(loader: Loader): Promise<void> {
  readEnvFile();
  process.on("SIGINT", () => void stopEverything(0));
  process.on("SIGTERM", () => void stopEverything(0));
  if (process.env["NODE_ENV"] === "production") await startProduction(loader);
  else await startLocally(loader);
}

async function startProduction(loader: Loader): Promise<void> {
  if (!existsSync(join(ROOT, "build/server/index.js")))
    throw new Error("Nothing is built: run npm run build first.");
  const app = await startBuilt(loader);
  console.log(`Parley listens at ${app.url}`);
}

async function startLocally(loader: Loader): Promise<void> {
  process.env["NODE_ENV"] ??= "development";
  const folder = dataFolder();
  console.log("\nParley is starting.");
  const sayWhoPrepares = (holder: number) =>
    console.log(
      `  Waiting: process ${holder} is preparing ${folder}. Set DATA_DIR (and PORT) for a copy of your own.`,
    );
  const lock = join(folder, "starting.lock");
  const signIns = await withLock(lock, () => prepare(folder), { onWait: sayWhoPrepares });
  const app = await step("Application", () => (isDevelopmentServer ? startWithReload() : startBuilt(loader)));
  console.log(summaryText({ url: app.url, signIns, stripeUrl: simulatedStripeUrl }, config()));
}

/** Everything that two copies on one folder must not do at the same time; answers how to sign in. */
async function prepare(folder: string): Promise<string[]> {
  const settings = localSettings(folder);
  applyGeneratedSettings(settings);
  await step("Prisma client", ensureClient, (isMade) => (isMade ? "generated" : "current"));
  const [signIns] = await Promise.all([
    prepareDatabase(folder, settings).then(async (lines) => {
      await simulateStripe(folder, settings);
      return lines;
    }),
    isDevelopmentServer || build(),
  ]);
  return signIns;
}

/** Where no key of Stripe is set and nobody switched billing off. */
async function simulateStripe(folder: string, settings: LocalSettings): Promise<void> {
  if (process.env["STRIPE_SECRET_KEY"] || process.env["ENABLE_BILLING"] === "false") return;
  // Loaded here alone: production has no part of it.
  const { openLocalStripe } = await import("./local-stripe");
  const appUrl = process.env["APP_URL"] || `http://localhost:${process.env["PORT"] || 3000}`;
  const stripe = await step(
    "Stripe",
    () => openLocalStripe({ folder, settings, appUrl }),
    ({ url, isAdopted }) => `simulated at ${url}${isAdopted ? ", running already" : ""}`,
  );
  cleanups.push(() => stripe.stop());
  simulatedStripeUrl = stripe.url;
  process.env["STRIPE_API_BASE"] = stripe.url;
  process.env["STRIPE_SECRET_KEY"] = settings.stripe.secretKey;
  process.env["STRIPE_WEBHOOK_SECRET"] = settings.stripe.webhookSecret;
  process.env["STRIPE_PRODUCT_PRICE_MAP"] = stripe.priceMap;
}

function build(): Promise<unknown> {
  return step("Build", ensureBuild, (isMade) => (isMade ? "built" : "current"));
}

/** Opens, migrates and seeds; answers how to sign in. */
async function prepareDatabase(folder: string, settings: LocalSettings): Promise<string[]> {
  const { urls } = await openDatabase(folder, settings);
  await step(
    "Migrations",
    () => migrateDatabase(urls.databaseOwnerUrl),
    ({ appliedNames }) => (appliedNames.length > 0 ? `${appliedNames.length} applied` : "none pending"),
  );
  await step(
    "Plans and prices",
    () => ensureCatalogue(urls.databasePlatformUrl),
    (changes) => (changes.length > 0 ? `${changes.length} versions loaded` : "current"),
  );
  const demo = await step(
    "Demo tenants",
    () => ensureDemo(urls, settings),
    ({ state }) => state,
  );
  return demo.lines;
}

/** Generated key rings stand in for settings that the developer left out. */
function applyGeneratedSettings(settings: LocalSettings): void {
  process.env["APP_SECRETS"] ||= settings.appSecrets;
  process.env["PASSWORD_PEPPERS"] ||= settings.passwordPeppers;
  process.env["ENCRYPTION_KEYS"] ||= settings.encryptionKeys;
}

async function openDatabase(folder: string, settings: LocalSettings): Promise<LocalDatabase> {
  const opening = openLocalDatabase(folder, settings);
  // Registered before it is open: a signal that comes meanwhile must not leave a server behind.
  cleanups.push(async () => (await opening.catch(() => null))?.stop());
  const database = await step(
    "PostgreSQL",
    () => opening,
    ({ description }) => description,
  );
  process.env["DATABASE_URL"] = database.urls.databaseUrl;
  process.env["DATABASE_OWNER_URL"] = database.urls.databaseOwnerUrl;
  process.env["DATABASE_PLATFORM_URL"] = database.urls.databasePlatformUrl;
  return database;
}

async function startBuilt({ endCompiling }: Loader): Promise<RunningApp> {
  // What was built is React's production build in the browser; the server's half must be the same.
  await import("./production-react");
  await endCompiling();
  const build = (await import(pathToFileURL(join(ROOT, "build/server/index.js")).href)) as ServerBuild;
  return started(await build.entry.module.start({ build, assetsFolder: join(ROOT, "build/client") }));
}

/** Vite loads the same module graph from source, and again after each change. */
async function startWithReload(): Promise<RunningApp> {
  const { createServer } = await import("vite");
  const { findFreePort } = await import("./processes");
  // Each copy needs its own reload channel; Vite's fixed port would let only one copy run.
  const hmr = { port: await findFreePort() };
  const enders = process.listeners("SIGTERM");
  const vite = await createServer({ root: ROOT, server: { middlewareMode: true, hmr }, appType: "custom" });
  // The server that Remix's plugin starts beside this one would end the process at SIGTERM, the database left running.
  for (const ender of process.listeners("SIGTERM"))
    if (!enders.includes(ender)) process.off("SIGTERM", ender);
  cleanups.push(() => vite.close());
  const loadBuild = () => vite.ssrLoadModule("virtual:remix/server-build");
  const build = (await loadBuild()) as ServerBuild;
  return started(await build.entry.module.start({ loadBuild, vite }));
}

function started(app: RunningApp): RunningApp {
  cleanups.push(() => app.stop());
  return app;
}

/** Stops in reverse order of starting: the application drains before its database goes. A second signal hurries. */
async function stopEverything(exitCode: number): Promise<void> {
  if (isStopping) cleanups.splice(1);
  isStopping = true;
  for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) {
    await cleanup().catch((error: unknown) => console.error(error));
  }
  process.exit(exitCode);
}

function describe(error: unknown): string {
  if (!(error instanceof Error) || error.name === "ConfigError") return String(error);
  if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    return `\nPort ${process.env["PORT"] ?? 3000} is taken: set PORT to another one.`;
  }
  return error.cause instanceof Error
    ? `\n${error.message}\n  because: ${error.cause.message}`
    : `\n${error.stack}`;
}
