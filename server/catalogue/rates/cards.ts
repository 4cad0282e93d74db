// Rate cards as operators see them: every version with its prices and dates, the draft of the next one, and what it changes.

import { emailsOf } from "../../auth/account/names";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { notFound } from "../../platform/errors";
import { decimalOfPrice, nanoPerMillion } from "../../platform/money";
import { DraftEntry } from "../contract";

/** A type rather than an interface, so that it can be stored as JSON. */
export type RatePrice = {
  item: string;
  unit: string;
  /** In major units of the card's currency, for `per` units. */
  price: string;
  per: number;
};

export interface RateVersion {
  version: number;
  effectiveFrom: string;
  effectiveTo: string | null;
  state: "past" | "current" | "coming";
  /** Published by operators rather than loaded from the file; told of versions to come alone. */
  isFixed: boolean;
  cheapModels: string[];
  lines: RatePrice[];
}

export interface RateDifference {
  item: string;
  unit: string;
  before: RatePrice | null;
  after: RatePrice | null;
}

export interface RateDraft {
  /** Rises with each change: what was looked at is what is published. */
  revision: number;
  effectiveFrom: string;
  cheapModels: string[];
  lines: RatePrice[];
  /** The address of who changed it last. */
  updatedBy: string | null;
  updatedAt: string;
  /** What is other than in the newest version. */
  differences: RateDifference[];
}

export interface RateCardDetail {
  code: string;
  currency: string;
  /** Newest first. */
  versions: RateVersion[];
  draft: RateDraft | null;
}

/** All rate cards by code, with how many versions each has and whether a draft waits. */
export async function listRateCards() {
  const at = now();
  const cards = await platformDb().rateCard.findMany({
    orderBy: { code: "asc" },
    include: { versions: { orderBy: { version: "desc" } }, draft: { select: { updatedAt: true } } },
  });
  return cards.map(({ code, currency, versions, draft }) => ({
    code,
    currency,
    versions: versions.length,
    currentVersion: versions.find(({ effectiveFrom }) => effectiveFrom <= at)?.version ?? null,
    comingFrom:
      versions.findLast(({ effectiveFrom }) => effectiveFrom > at)?.effectiveFrom.toISOString() ?? null,
    hasDraft: draft !== null,
  }));
}

/** One card with every version's prices and its draft. Throws `not_found`. */
export async function getRateCard(code: string): Promise<RateCardDetail> {
  const card = await platformDb().rateCard.findUnique({
    where: { code },
    include: {
      draft: true,
      versions: {
        orderBy: { version: "desc" },
        include: { lines: { orderBy: [{ item: "asc" }, { unit: "asc" }] } },
      },
    },
  });
  if (!card) throw notFound("Rate card");
  const at = now();
  const versions = card.versions.map((row): RateVersion => {
    const { version, effectiveFrom, effectiveTo, isFixed, cheapModels } = row;
    const isPast = effectiveTo !== null && effectiveTo <= at;
    return {
      ...{ version, isFixed, cheapModels },
      effectiveFrom: effectiveFrom.toISOString(),
      effectiveTo: effectiveTo?.toISOString() ?? null,
      state: effectiveFrom > at ? "coming" : isPast ? "past" : "current",
      lines: row.lines.map(priceOf),
    };
  });
  const draft = card.draft && (await draftOf(card.draft, versions[0]?.lines ?? []));
  return { code: card.code, currency: card.currency, versions, draft };
}

/** What differs between two lists of prices, by item and unit. */
export function differencesOf(before: readonly RatePrice[], after: readonly RatePrice[]): RateDifference[] {
  const key = ({ item, unit }: RatePrice) => `${item}\n${unit}`;
  const olds = new Map(before.map((line) => [key(line), line]));
  const news = new Map(after.map((line) => [key(line), line]));
  const names = [...new Set([...olds.keys(), ...news.keys()])].sort();
  return names.flatMap((name) => {
    const old = olds.get(name) ?? null;
    const next = news.get(name) ?? null;
    const [item = "", unit = ""] = name.split("\n");
    return old && next && isSamePrice(old, next) ? [] : [{ item, unit, before: old, after: next }];
  });
}

/** The price of a line as the price list names it. */
export function priceOf(line: {
  item: string;
  unit: string;
  priceNanoPerMillion: bigint;
  unitSize: bigint;
}): RatePrice {
  const per = Number(line.unitSize);
  return { item: line.item, unit: line.unit, price: decimalOfPrice(line.priceNanoPerMillion, per), per };
}

function isSamePrice(one: RatePrice, other: RatePrice): boolean {
  return (
    one.per === other.per && nanoPerMillion(one.price, one.per) === nanoPerMillion(other.price, other.per)
  );
}

async function draftOf(
  row: { revision: number; entry: unknown; updatedBy: string; updatedAt: Date },
  newest: readonly RatePrice[],
): Promise<RateDraft> {
  const entry = DraftEntry.parse(row.entry);
  const people = await emailsOf([row.updatedBy]);
  return {
    ...entry,
    revision: row.revision,
    updatedBy: people.get(row.updatedBy) ?? null,
    updatedAt: row.updatedAt.toISOString(),
    differences: differencesOf(newest, entry.lines),
  };
}
