// The catalogue file: plans with versions and allowances, rate cards with versions and lines. Its JSON schema is published
// beside it (prisma/catalogue.schema.json) and is made from this file.

import { z } from "zod";
import { Id, reasonText } from "../platform/contract";
import { nanoPerMillion } from "../platform/money";
import {
  ANY_MODEL,
  DRAFT_LINES_MAX,
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
  .superRefine(checkLines);
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

const isExact = ({ price, per }: { price: string; per: number }) => nanoPerMillion(price, per) !== null;
const INEXACT = { path: ["price"], message: "This is no exact number of nano for a million units." };
const cheapModels = z.array(z.string().min(1).max(200)).max(100);
const revision = z.number().int().min(1).max(1_000_000_000);

/** What operators draft of the next version of a rate card. */
export const DraftEntry = z.strictObject({
  effectiveFrom: instant,
  cheapModels,
  lines: z.array(RateLineEntry.refine(isExact, INEXACT)).max(DRAFT_LINES_MAX),
});

export const NameRateCard = z.strictObject({ card: code });
export type NameRateCard = z.output<typeof NameRateCard>;

/** `revision` says which words of the draft were looked at. */
export const NameDraft = NameRateCard.extend({ revision });
export type NameDraft = z.output<typeof NameDraft>;

export const SaveDraft = NameDraft.extend(DraftEntry.shape).superRefine(checkLines);
export type SaveDraft = z.output<typeof SaveDraft>;

export const PublishDraft = NameDraft.extend({ reason });
export type PublishDraft = z.output<typeof PublishDraft>;

export const RecallVersion = NameRateCard.extend({ version: versionNumber, reason });
export type RecallVersion = z.output<typeof RecallVersion>;

const numberText = z
  .string()
  .regex(/^\d{1,10}$/, "Enter a whole number.")
  .transform(Number);
const RowOfForm = RateLineEntry.omit({ per: true })
  .extend({ item: z.string().trim().min(1).max(200), price: z.string().trim().pipe(decimal) })
  .extend({ per: numberText.pipe(z.number().min(1).max(1_000_000_000)) })
  .refine(isExact, INEXACT);

/** The forms of a rate card's page, rows of prices as `lines.0.item`; a row without item is left out. */
export const RatesForm = z
  .record(z.string(), z.unknown())
  .transform(gatherRows)
  .pipe(
    z.discriminatedUnion("intent", [
      z.strictObject({ intent: z.literal("begin") }),
      z.strictObject({ intent: z.literal("drop"), revision: numberText }),
      z.strictObject({ intent: z.literal("publish"), revision: numberText, reason }),
      z.strictObject({ intent: z.literal("recall"), version: numberText, reason }),
      z.strictObject({
        intent: z.literal("save"),
        revision: numberText,
        effectiveFrom: z
          .string()
          .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, "Write an instant in UTC as 2026-12-31T00:00.")
          .transform((text) => `${text}:00Z`),
        cheapModels: z.string().transform((text) => text.split(/[\s,]+/).filter((model) => model !== "")),
        lines: z.array(RowOfForm.nullable()).transform((rows) => rows.filter((row) => row !== null)),
      }),
    ]),
  );

function gatherRows(fields: Record<string, unknown>): Record<string, unknown> {
  if (fields["intent"] !== "save") return fields;
  const rows: (Record<string, unknown> | null)[] = [];
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const [, index, column] = /^lines\.(\d{1,3})\.(item|unit|price|per)$/.exec(name) ?? [];
    if (index === undefined || column === undefined) others[name] = value;
    else rows[Number(index)] = { ...rows[Number(index)], [column]: value };
  }
  const lines = Array.from(rows, (row) =>
    typeof row?.["item"] === "string" && row["item"].trim() ? row : null,
  );
  return { ...others, lines };
}

/** What holds of the lines of a version: no price twice, input and output together, cheap models with a price. */
function checkLines(
  { lines, cheapModels }: { lines: z.output<typeof RateLineEntry>[]; cheapModels: string[] },
  context: z.RefinementCtx,
): void {
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
}

/** Codes as they were once written are read as what they are now. */
export const ChangePlan = z.strictObject({
  plan: z.preprocess((code) => (code === "professional" ? "pro" : code), z.enum(PLAN_CODES)),
});
export type ChangePlan = z.output<typeof ChangePlan>;
