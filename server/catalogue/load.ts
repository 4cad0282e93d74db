// Brings the database's catalogue to what a file says. What has taken effect is never edited: a version that differs from
// the stored one and has begun is refused as a whole file, before anything is changed. Versions still to come may be
// rewritten. The platform role's work: the catalogue is every tenant's.

import { createHash } from "node:crypto";
import type pg from "pg";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import { nanoOfDecimal, nanoPerMillion } from "../platform/money";
import {
  Catalogue,
  type PlanEntry,
  type PlanVersionEntry,
  type RateCardEntry,
  type RateCardVersionEntry,
} from "./contract";
import { PLAN_CODES } from "./terms";

export interface LoadOptions {
  isDryRun?: boolean;
  /** The instant that decides what has taken effect. */
  at: Date;
}

type VersionEntry = RateCardVersionEntry | PlanVersionEntry;

interface StoredVersion {
  id: string;
  version: number;
  effective_from: Date;
  checksum: Buffer;
  /** Operators published it, or what follows it: as good as begun. */
  is_fixed?: boolean;
}

interface Loading {
  client: pg.ClientBase;
  at: Date;
  /** What was done, one line each. */
  changes: string[];
}

/** SHA-256 of a file's text: a file that was loaded once need not be loaded again. */
export function checksumOfFile(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** True when this file was the last one that was loaded. */
export async function isLoaded(client: pg.ClientBase, text: string): Promise<boolean> {
  const { rows } = await client.query<{ checksum: Buffer }>(
    "SELECT checksum FROM catalogue_loads ORDER BY loaded_at DESC LIMIT 1",
  );
  return rows[0]?.checksum.equals(checksumOfFile(text)) ?? false;
}

/**
 * Loads a file's text in one transaction and answers what was changed; a dry run changes nothing and answers the same.
 * Throws ZodError for a file that does not fit its schema, and `conflict` for one that edits what has taken effect.
 */
export async function loadCatalogue(
  client: pg.ClientBase,
  text: string,
  { at, isDryRun = false }: LoadOptions,
): Promise<string[]> {
  const catalogue = Catalogue.parse(JSON.parse(text));
  const loading: Loading = { client, at, changes: [] };
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('catalogue', 0))");
    for (const card of catalogue.rateCards) await loadCard(loading, card);
    for (const plan of catalogue.plans) await loadPlan(loading, plan);
    await client.query(
      "INSERT INTO catalogue_loads VALUES ($1, $2) ON CONFLICT (checksum) DO UPDATE SET loaded_at = excluded.loaded_at",
      [checksumOfFile(text), at],
    );
    await client.query(isDryRun ? "ROLLBACK" : "COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
  return loading.changes;
}

async function loadCard(loading: Loading, card: RateCardEntry): Promise<void> {
  const { client, changes } = loading;
  const { rows } = await client.query<{ id: string; currency: string }>(
    "SELECT id, currency FROM rate_cards WHERE code = $1",
    [card.code],
  );
  const id = rows[0]?.id ?? newId();
  if (rows[0] && rows[0].currency !== card.currency)
    throw refusal(`Rate card ${card.code} is in ${rows[0].currency}: a currency does not change.`);
  if (!rows[0])
    await client.query("INSERT INTO rate_cards VALUES ($1, $2, $3)", [id, card.code, card.currency]);
  const stored = await storedVersions(
    client,
    "SELECT * FROM rate_card_versions WHERE rate_card_id = $1 ORDER BY version",
    id,
  );
  const { added, kept, isChanged } = compare(loading, {
    name: `rate card ${card.code}`,
    stored,
    versions: card.versions,
  });
  if (!isChanged) return;
  await client.query(
    "DELETE FROM rate_card_versions WHERE rate_card_id = $1 AND effective_from > $2 AND NOT is_fixed",
    [id, loading.at],
  );
  const endOf = (index: number) => added[index]?.effectiveFrom ?? null;
  await client.query("UPDATE rate_card_versions SET effective_to = $2 WHERE id = $1", [
    kept.at(-1)?.id,
    endOf(0),
  ]);
  for (const [index, entry] of added.entries()) {
    await insertCardVersion(client, { cardId: id, entry, effectiveTo: endOf(index + 1) });
    changes.push(`rate card ${card.code}: version ${entry.version} from ${entry.effectiveFrom}`);
  }
}

async function insertCardVersion(
  client: pg.ClientBase,
  { cardId, entry, effectiveTo }: { cardId: string; entry: RateCardVersionEntry; effectiveTo: string | null },
): Promise<void> {
  const id = newId();
  const { version, effectiveFrom, cheapModels } = entry;
  await client.query(
    `INSERT INTO rate_card_versions (id, rate_card_id, version, effective_from, effective_to, cheap_models, checksum)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, cardId, version, effectiveFrom, effectiveTo, cheapModels, checksumOf(entry)],
  );
  for (const { item, unit, price, per } of entry.lines) {
    const nano = nanoPerMillion(price, per);
    if (nano === null) throw refusal(`${item}, ${unit}: ${price} per ${per} is no exact number of nano.`);
    await client.query("INSERT INTO rate_lines VALUES ($1, $2, $3, $4, $5)", [id, item, unit, nano, per]);
  }
}

async function loadPlan(loading: Loading, plan: PlanEntry): Promise<void> {
  const { client, changes } = loading;
  await client.query("UPDATE plans SET name = $2, rank = $3, is_active = $4 WHERE id = $1", [
    plan.code,
    plan.name,
    PLAN_CODES.indexOf(plan.code),
    plan.isActive,
  ]);
  const stored = await storedVersions(
    client,
    "SELECT * FROM plan_versions WHERE plan_id = $1 ORDER BY version",
    plan.code,
  );
  const { added, isChanged } = compare(loading, {
    name: `plan ${plan.code}`,
    stored,
    versions: plan.versions,
  });
  if (!isChanged) return;
  await client.query("DELETE FROM plan_versions WHERE plan_id = $1 AND effective_from > $2", [
    plan.code,
    loading.at,
  ]);
  for (const entry of added) {
    await insertPlanVersion(client, plan.code, entry);
    changes.push(`plan ${plan.code}: version ${entry.version} from ${entry.effectiveFrom}`);
  }
}

async function insertPlanVersion(
  client: pg.ClientBase,
  plan: string,
  entry: PlanVersionEntry,
): Promise<void> {
  const id = newId();
  const { version, effectiveFrom, rateCard, priceMonth, priceYear, trialDays, seats, features } = entry;
  await client.query(
    `INSERT INTO plan_versions (id, plan_id, version, effective_from, rate_card_id, price_month_nano, price_year_nano,
                                trial_days, seat_min, seat_max, features, checksum)
     VALUES ($1, $2, $3, $4, (SELECT id FROM rate_cards WHERE code = $5), $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[id, plan, version, effectiveFrom, rateCard, priceNano(priceMonth), priceNano(priceYear), trialDays],
      ...[seats.min, seats.max, JSON.stringify(features), checksumOf(entry)],
    ],
  );
  for (const { meter, span, hard, soft, onExceed } of entry.limits)
    await client.query("INSERT INTO plan_limits VALUES ($1, $2, $3, $4, $5, $6)", [
      id,
      meter,
      span,
      hard,
      soft,
      onExceed,
    ]);
}

async function storedVersions(client: pg.ClientBase, select: string, id: string): Promise<StoredVersion[]> {
  return (await client.query<StoredVersion>(select, [id])).rows;
}

/** Versions to be written, those that stay, and whether anything differs. Throws for an edit of what has begun. */
function compare<Entry extends VersionEntry>(
  { at }: Loading,
  { name, stored, versions }: { name: string; stored: StoredVersion[]; versions: Entry[] },
): { added: Entry[]; kept: StoredVersion[]; isChanged: boolean } {
  const isKept = ({ effective_from, is_fixed = false }: StoredVersion) => effective_from <= at || is_fixed;
  const kept = stored.filter(isKept);
  const last = kept.at(-1);
  const begin = last && last.effective_from > at ? last.effective_from : at;
  const added: Entry[] = [];
  for (const entry of versions) {
    const used = kept.find(({ version }) => version === entry.version);
    if (used && !used.checksum.equals(checksumOf(entry)))
      throw refusal(
        used.effective_from <= at
          ? `Version ${entry.version} of ${name} has taken effect and cannot be edited: add a version.`
          : `Version ${entry.version} of ${name} was published by operators: take it over into the file, or recall it.`,
      );
    if (used) continue;
    if (last && (entry.version < last.version || new Date(entry.effectiveFrom) <= begin))
      throw refusal(
        begin === at
          ? `Version ${entry.version} of ${name} begins in the past: let it begin later.`
          : `Version ${entry.version} of ${name} does not follow the version that operators published.`,
      );
    added.push(entry);
  }
  const coming = stored.filter((version) => !isKept(version));
  const isSame =
    coming.length === added.length &&
    added.every((entry, index) => coming[index]?.checksum.equals(checksumOf(entry)) ?? false);
  return { added, kept, isChanged: !isSame };
}

function checksumOf(entry: VersionEntry): Buffer {
  return createHash("sha256").update(JSON.stringify(entry)).digest();
}

function priceNano(price: string | null): bigint | null {
  if (price === null) return null;
  const nano = nanoOfDecimal(price);
  if (nano === null) throw refusal(`${price} is no exact number of nano.`);
  return nano;
}

function refusal(message: string): AppError {
  return new AppError("conflict", message);
}
