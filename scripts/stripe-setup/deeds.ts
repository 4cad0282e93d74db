// What the easy set-up does at Stripe: the same command that operators run, in a process of its own for each step, which
// gets the key by its environment.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { writeEnvSetting } from "../env-file";
import type { SetupDeeds } from "./walk";

const COMMAND = ["--import", "tsx", "scripts/stripe-setup.ts"];
const TIMEOUT_MS = 120_000;
const PRICE_MAP = "STRIPE_PRODUCT_PRICE_MAP=";
const SECRET = /^STRIPE_WEBHOOK_SECRET=(whsec_\S+)$/m;
const TEXT_NOT_ASKED = "Stripe could not be asked. Try again.";

interface Told {
  /** Products and prices, a line each. */
  things: string[];
  priceMap: string;
  notes: string[];
}

export const setupDeeds: SetupDeeds = {
  plan: async (key) => (await ask("--dry-run", key)).things,
  make: async (key) => {
    const { things: made, priceMap } = await ask("--print", key);
    return { made, priceMap };
  },
  addEndpoint: async (key) => {
    const [, secret] = SECRET.exec(await run(["--endpoint", "--print"], key)) ?? [];
    if (secret === undefined) throw new Error(TEXT_NOT_ASKED);
    return secret;
  },
  webhookNotes: async (key) => (await ask("--dry-run", key)).notes,
  write: (settings) => {
    for (const [name, value] of Object.entries(settings)) writeEnvSetting(name, value);
  },
};

async function ask(option: string, key: string): Promise<Told> {
  return toldBy(await run([option], key));
}

async function run(options: string[], key: string): Promise<string> {
  const env = { ...process.env, STRIPE_SECRET_KEY: key, LOG_LEVEL: "fatal" };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...COMMAND, ...options], {
      env,
      timeout: TIMEOUT_MS,
    });
    return stdout;
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new Error(stderr.trim() || TEXT_NOT_ASKED);
  }
}

function toldBy(stdout: string): Told {
  const lines = stdout.trim().split("\n");
  const end = lines.findIndex((line) => line.startsWith(PRICE_MAP));
  if (end === -1) throw new Error(TEXT_NOT_ASKED);
  return {
    things: lines.slice(0, end).filter((line) => /^(product|price) /.test(line)),
    priceMap: (lines[end] ?? "").slice(PRICE_MAP.length),
    notes: lines.slice(end + 1),
  };
}
