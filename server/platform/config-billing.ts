// Settings of billing: whether it is there at all, and how Stripe is reached. What is missing is named, never shown.

import { z } from "zod";

export interface PlanPrices {
  month?: string | undefined;
  year?: string | undefined;
}
export type PriceMap = ReadonlyMap<string, PlanPrices>;

export interface StripeSettings {
  secretKey: string;
  /** The current one first; the one before it while a secret is rotated. */
  webhookSecrets: string[];
  /** Stripe itself when null; a stand-in otherwise. */
  apiBase: URL | null;
  /** Plan code -> price id of each interval it is sold at. */
  prices: PriceMap;
}

export interface BillingSettings {
  billing: {
    /** False: no navigation, no routes, no webhooks, no jobs of billing. */
    isOn: boolean;
    /** Null: nobody can pay here. */
    stripe: StripeSettings | null;
    isTaxOn: boolean;
    /** For how long a late payment changes nothing. */
    graceDays: number;
    allows: { portal: boolean; planChanges: boolean; cancellation: boolean };
    /** Whether this instance works off events, and whether it answers the live stream. */
    runsRetryWorker: boolean;
    runsStreamReplay: boolean;
  };
}

const flag = (fallback: boolean) =>
  z
    .enum(["true", "false"])
    .default(fallback ? "true" : "false")
    .transform((text) => text === "true");

const secrets = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((secret) => secret.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string().regex(/^whsec_\S+$/, "is not a list of whsec_... secrets")).min(1))
  .optional();

const PriceId = z.string().regex(/^price_\w+$/);
const PriceJson = z.record(
  z.string(),
  z.union([PriceId, z.strictObject({ month: PriceId, year: PriceId }).partial()]),
);

/** `{"starter": {"month": "price_...", "year": "price_..."}}`, or `starter=price_...,starter.year=price_...`. */
const priceMap = z
  .string()
  .transform((text, context): PriceMap => {
    const parsed = PriceJson.safeParse(text.trimStart().startsWith("{") ? parseJson(text) : parsePairs(text));
    if (parsed.success) {
      const entries = Object.entries(parsed.data);
      return new Map(
        entries.map(([plan, price]) => [plan, typeof price === "string" ? { month: price } : price]),
      );
    }
    context.addIssue({ code: "custom", message: "is neither JSON nor a list of plan=price_..." });
    return z.NEVER;
  })
  .optional();

/** The environment variables of this file, for the schema of all of them. */
export const billingEnvironment = {
  ENABLE_BILLING: z.enum(["true", "false"]).optional(),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[rs]k_(test|live)_\w+$/, "is not an sk_... or rk_... key")
    .optional(),
  STRIPE_WEBHOOK_SECRET: secrets,
  STRIPE_API_BASE: z.url({ protocol: /^https?$/, error: "is not an http(s) URL" }).optional(),
  STRIPE_PRODUCT_PRICE_MAP: priceMap,
  ENABLE_STRIPE_TAX: flag(false),
  BILLING_GRACE_DAYS: z.coerce.number().int().min(0).max(90).default(7),
  BILLING_ALLOW_PORTAL_ACCESS: flag(true),
  BILLING_ALLOW_PLAN_CHANGES: flag(true),
  BILLING_ALLOW_CANCELLATION: flag(true),
  ENABLE_BILLING_RETRY_WORKER: flag(true),
  ENABLE_BILLING_STREAM_REPLAY: flag(true),
};

type BillingEnvironment = z.output<z.ZodObject<typeof billingEnvironment>> & { NODE_ENV: string };

/** With its prefix; Stripe's own are longer. */
const SECRET_LENGTH_MIN = 32;

const NEEDED = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_PRODUCT_PRICE_MAP"] as const;

export function billingSettings(env: BillingEnvironment): BillingSettings {
  return {
    billing: {
      isOn: isBillingOn(env),
      stripe: isBillingOn(env) ? stripeSettings(env) : null,
      isTaxOn: env.ENABLE_STRIPE_TAX,
      graceDays: env.BILLING_GRACE_DAYS,
      allows: {
        portal: env.BILLING_ALLOW_PORTAL_ACCESS,
        planChanges: env.BILLING_ALLOW_PLAN_CHANGES,
        cancellation: env.BILLING_ALLOW_CANCELLATION,
      },
      runsRetryWorker: env.ENABLE_BILLING_RETRY_WORKER,
      runsStreamReplay: env.ENABLE_BILLING_STREAM_REPLAY,
    },
  };
}

// Left out, billing is there wherever it can be tried, and in production where there is somebody to pay to.
function isBillingOn({ ENABLE_BILLING, NODE_ENV, STRIPE_SECRET_KEY }: BillingEnvironment): boolean {
  if (ENABLE_BILLING !== undefined) return ENABLE_BILLING === "true";
  return NODE_ENV !== "production" || STRIPE_SECRET_KEY !== undefined;
}

function stripeSettings(env: BillingEnvironment): StripeSettings | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecrets } = env;
  if (!secretKey || !webhookSecrets) return null;
  return {
    secretKey,
    webhookSecrets,
    apiBase: env.STRIPE_API_BASE ? new URL(env.STRIPE_API_BASE) : null,
    prices: env.STRIPE_PRODUCT_PRICE_MAP ?? new Map(),
  };
}

/** Settings that contradict each other, in every environment: billing that was asked for, or begun, is whole. */
export function billingContradictions(env: BillingEnvironment): string[] {
  const isWanted = env.ENABLE_BILLING === "true" || NEEDED.some((name) => env[name] !== undefined);
  if (!isWanted || env.ENABLE_BILLING === "false") return [];
  return NEEDED.filter((name) => env[name] === undefined).map((name) => `${name}: is missing for billing`);
}

/** What makes these settings unfit for production. */
export function billingProductionFaults(env: BillingEnvironment): string[] {
  const faults = [];
  if (env.STRIPE_API_BASE !== undefined)
    faults.push("STRIPE_API_BASE: a stand-in for Stripe does not run in production");
  for (const name of ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"] as const) {
    // Each of a list's signing secrets opens the door of the events by itself.
    const isShort = [env[name] ?? []].flat().some((secret) => secret.length < SECRET_LENGTH_MIN);
    if (isShort) faults.push(`${name}: is shorter than ${SECRET_LENGTH_MIN} characters`);
  }
  return faults;
}

function parsePairs(text: string): unknown {
  const prices: Record<string, Record<string, string>> = {};
  for (const pair of text.split(",").map((part) => part.trim())) {
    const match = /^(\w+)(?:\.(month|year))?=(\S+)$/.exec(pair);
    if (!match?.[1] || !match[3]) return undefined;
    prices[match[1]] = { ...prices[match[1]], [match[2] ?? "month"]: match[3] };
  }
  return prices;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
