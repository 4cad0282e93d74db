// npm run stripe:setup — makes or finds the products and prices of the plans at Stripe, by lookup key, and writes
// STRIPE_PRODUCT_PRICE_MAP into .env. Needs STRIPE_SECRET_KEY and the database with its catalogue; run again, it changes
// nothing. -- --easy leads there by a page on this machine, from a test key on. -- --dry-run says what would be made;
// -- --endpoint adds the webhook endpoint and writes its signing secret; -- --print writes no file; -- --check exits 1
// unless prices and webhook endpoint are as the settings say (a step of a release); with -- --if-on besides, it checks
// nothing where billing is off.
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { priceMapFaults, provisionCatalogue } from "../server/billing/set-up/catalogue";
import { addWebhookEndpoint, webhookFaults } from "../server/billing/set-up/webhook-endpoint";
import { closeDatabases } from "../server/platform/db";
import { runCommand } from "./command";
import { readEnvFile, writeEnvSetting } from "./env-file";
import { setupDeeds } from "./stripe-setup/deeds";
import { openSetupServer } from "./stripe-setup/server";

const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({
  options: { "dry-run": flag, print: flag, check: flag, "if-on": flag, easy: flag, endpoint: flag },
});

async function run(): Promise<string> {
  if (values.easy) return easy();
  if (values.check) return check();
  if (values.endpoint) return addEndpoint();
  const isDryRun = values["dry-run"];
  const { map, made } = await provisionCatalogue({ isDryRun });
  const setting = JSON.stringify(map);
  if (!isDryRun && !values.print) writeEnvSetting("STRIPE_PRODUCT_PRICE_MAP", setting);
  const deeds = made.length === 0 ? ["Everything is there."] : [isDryRun ? "Would make:" : "Made:", ...made];
  const hints = await webhookFaults();
  return [...deeds, `STRIPE_PRODUCT_PRICE_MAP=${setting}`, ...hints].join("\n");
}

async function addEndpoint(): Promise<string> {
  const secret = await addWebhookEndpoint();
  if (values.print) return `STRIPE_WEBHOOK_SECRET=${secret}`;
  writeEnvSetting("STRIPE_WEBHOOK_SECRET", secret);
  return "The webhook endpoint was added, and its signing secret stands in .env.";
}

async function check(): Promise<string> {
  const faults = [...(await priceMapFaults()), ...(await webhookFaults())];
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return "Prices and webhooks at Stripe are as the settings say.";
}

/** As the app decides it in production. */
function isBillingOn(): boolean {
  const { ENABLE_BILLING: isOn, STRIPE_SECRET_KEY: key } = process.env;
  return isOn ? isOn === "true" : Boolean(key);
}

/** Keys of live mode belong to the server's own settings, and are typed into no page. */
async function easy(): Promise<string> {
  if (process.env["NODE_ENV"] === "production")
    throw new Error(
      "The easy set-up is for development: set STRIPE_SECRET_KEY, and run this without --easy.",
    );
  const appUrl = process.env["APP_URL"] ?? `http://localhost:${process.env["PORT"] ?? "3000"}`;
  const webhookUrl = new URL("/webhooks/stripe", appUrl).href;
  const page = await openSetupServer({ deeds: setupDeeds, webhookUrl });
  console.log(`Open this page in a browser of this machine; the address works once:\n${page.url}`);
  await page.finished;
  return "The page is closed.";
}

readEnvFile();
if (values["if-on"] && !isBillingOn()) {
  console.log("Billing is off: there is nothing to check.");
  process.exit(0);
}
if (!process.env["STRIPE_SECRET_KEY"] && !values.easy) {
  console.error("STRIPE_SECRET_KEY is missing: the secret or restricted key of the account.");
  process.exit(1);
}
// What is made here is not there yet when it is run for the first time; nothing is received by this command, and nobody
// knows the secret that stands in.
process.env["ENABLE_BILLING"] = "true";
process.env["STRIPE_PRODUCT_PRICE_MAP"] ??= "{}";
process.env["STRIPE_WEBHOOK_SECRET"] ??= `whsec_${randomBytes(24).toString("hex")}`;
await runCommand(run, closeDatabases);
