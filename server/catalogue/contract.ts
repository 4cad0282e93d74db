// The catalogue file: plans with versions and allowances, rate cards with versions and lines. Its JSON schema is published
// beside it (prisma/catalogue.schema.json) and is made from this file.

import { z } from "zod";
import { Id, reasonText } from "../platform/contract";
import {
  ANY_MODEL,
  EXCEED_RULES,
  FEATURES,
  METERS,
  OVERRIDE_HOURS_MAX,
  PLAN_CODES,
  PRICE_REASON_LENGTH_MAX,
  PRICE_REASON_LENGTH_MIN,
  SPANS,
  TRIAL_DAYS_MAX,
  UNITS,
} from "./terms";

const reason = reasonText(PRICE_REASON_LENGTH_MIN, PRICE_REASON_LENGTH_MAX);

const code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, "Use lower case letters, digits and dashes.");
const decimal = z.string().regex(/^\d{1,10}(\.\d{1,18})?$/, "Write a price as 0.03: digits, and no sign.");
const instant = z.iso.datetime({ error: "Write an instant in UTC as 2026-01-31T00:00:00Z." });
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const versionNumber = z.number().int().min(1).max(100_000);

export const RateLineEntry = z.strictObject({
  /** A model's id, "*" for every model without a line, or what is sold beside models. */
  item: z.string().min(1).max(200),
  unit: z.enum(UNITS),
  /** In major units of the card's currency, for `per` units. */
  price: decimal,
  per: z.number().int().min(1).max(1_000_000_000),
});

export const RateCardVersionEntry = z
  .strictObject({
    version: versionNumber,
    effectiveFrom: instant,
    /** What the low-balance policy `limited` still offers. */
    cheapModels: z.array(z.string()).default([]),
    lines: z.array(RateLineEntry).min(1),
  })
  .superRefine(({ lines, cheapModels }, context) => {
    const units = new Map<string, Set<string>>();
    for (const [index, { item, unit }] of lines.entries()) {
      const known = units.get(item) ?? new Set();
      if (known.has(unit))
        context.addIssue({ code: "custom", path: ["lines", index], message: "stands twice" });
      units.set(item, known.add(unit));
    }
    for (const [item, known] of units) {
      if (
        [...known].some((unit) => unit.endsWith("_token")) &&
        !(known.has("input_token") && known.has("output_token"))
      )
        context.addIssue({
          code: "custom",
          path: ["lines"],
          message: `${item} needs input_token and output_token`,
        });
    }
    for (const model of cheapModels) {
      if (!units.has(model) && !units.has(ANY_MODEL))
        context.addIssue({ code: "custom", path: ["cheapModels"], message: `${model} has no price` });
    }
  });
export type RateCardVersionEntry = z.output<typeof RateCardVersionEntry>;

/** Versions stand in order: each begins after the one before. */
function rises(versions: { version: number; effectiveFrom: string }[]): boolean {
  return versions.every((entry, index) => {
    const before = versions[index - 1];
    if (!before) return true;
    return (
      entry.version > before.version && Date.parse(entry.effectiveFrom) > Date.parse(before.effectiveFrom)
    );
  });
}
const TEXT_ORDER = "Versions stand in order: a higher number begins later.";

export const RateCardEntry = z.strictObject({
  code,
  currency: z.enum(["USD"]),
  versions: z.array(RateCardVersionEntry).min(1).refine(rises, TEXT_ORDER),
});
export type RateCardEntry = z.output<typeof RateCardEntry>;

export const PlanLimitEntry = z
  .strictObject({
    meter: z.enum(METERS),
    span: z.enum(SPANS),
    /** The allowance; null is unlimited. */
    hard: count.nullable(),
    /** From here on people are warned. */
    soft: count.nullable().default(null),
    onExceed: z.enum(EXCEED_RULES),
  })
  .refine(
    ({ hard, soft }) => soft === null || hard === null || soft <= hard,
    "The soft limit is above the hard one.",
  );

export const PlanVersionEntry = z.strictObject({
  version: versionNumber,
  effectiveFrom: instant,
  rateCard: code,
  /** In major units; null: not sold at this interval. */
  priceMonth: decimal.nullable(),
  priceYear: decimal.nullable(),
  trialDays: z.number().int().min(0).max(TRIAL_DAYS_MAX),
  seats: z
    .strictObject({ min: z.number().int().min(1), max: z.number().int().min(1).nullable() })
    .refine(
      ({ min, max }) => max === null || max >= min,
      "The largest number of seats is below the smallest.",
    ),
  features: z.partialRecord(z.enum(FEATURES), z.boolean()),
  limits: z
    .array(PlanLimitEntry)
    .refine(
      (limits) => new Set(limits.map(({ meter, span }) => `${meter} ${span}`)).size === limits.length,
      "A meter has one limit for each span.",
    ),
});
export type PlanVersionEntry = z.output<typeof PlanVersionEntry>;

export const PlanEntry = z.strictObject({
  code: z.enum(PLAN_CODES),
  name: z.string().min(1).max(80),
  isActive: z.boolean().default(true),
  versions: z.array(PlanVersionEntry).min(1).refine(rises, TEXT_ORDER),
});
export type PlanEntry = z.output<typeof PlanEntry>;

export const Catalogue = z
  .strictObject({
    $schema: z.string().optional(),
    rateCards: z.array(RateCardEntry).min(1),
    plans: z.array(PlanEntry),
  })
  .superRefine(({ rateCards, plans }, context) => {
    const cards = new Set(rateCards.map((card) => card.code));
    if (cards.size < rateCards.length)
      context.addIssue({ code: "custom", path: ["rateCards"], message: "A code stands twice." });
    if (new Set(plans.map((plan) => plan.code)).size < plans.length)
      context.addIssue({ code: "custom", path: ["plans"], message: "A plan stands twice." });
    for (const [index, plan] of plans.entries()) {
      const unknown = plan.versions.find(({ rateCard }) => !cards.has(rateCard));
      if (unknown)
        context.addIssue({
          code: "custom",
          path: ["plans", index],
          message: `There is no rate card ${unknown.rateCard}.`,
        });
    }
  });
export type Catalogue = z.output<typeof Catalogue>;

export const OverrideBlock = z.strictObject({
  tenantId: Id,
  /** From now on; 0 ends an override that is there. */
  hours: z.number().int().min(0).max(OVERRIDE_HOURS_MAX),
  reason,
});
export type OverrideBlock = z.output<typeof OverrideBlock>;
