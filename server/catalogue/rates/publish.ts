// A draft becomes the card's next version, which begins in the future; until then it may be recalled, from then on it is
// history. The catalogue's file leaves what operators published alone, and refuses to say otherwise. Audited with the reason
// and with each price that changes.

import { createHash } from "node:crypto";
import { auditDeed, type Officer } from "../../auth/sign-in/officer";
import { requireRecentAuthentication } from "../../auth/sign-in/step-up";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError, notFound } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { nanoPerMillion } from "../../platform/money";
import type { Prisma } from "../../platform/prisma/client";
import { DraftEntry, type PublishDraft, RateCardVersionEntry, type RecallVersion } from "../contract";
import { CHANGES_AUDITED_MAX, TEXT_BEGINS_LATER, TEXT_DRAFT_MOVED, TEXT_NOT_RECALLABLE } from "../terms";
import { differencesOf, priceOf, type RateDifference, type RatePrice } from "./cards";

type Newest = Prisma.RateCardVersionGetPayload<{ include: { lines: true } }>;

/**
 * Publishes the draft that was looked at, once. Throws `forbidden` (step_up_required) for an old sign-in, `conflict` when the
 * draft was changed since, `invalid` when it would begin in the past or before the version before it.
 */
export async function publishDraft(officer: Officer, input: PublishDraft): Promise<{ version: number }> {
  requireRecentAuthentication(officer.session);
  return platformDb().$transaction(async (tx) => {
    const card = await lockCard(tx, input.card);
    const draft = await takeDraft(tx, card.id, input.revision);
    const [newest] = card.versions;
    const version = (newest?.version ?? 0) + 1;
    // What a draft was allowed to be when it was saved is asked once more of what is published.
    const entry = RateCardVersionEntry.parse({ version, ...draft });
    assertLater(entry.effectiveFrom, newest);
    if (newest) await endBefore(tx, newest, entry.effectiveFrom);
    await insertVersion(tx, card.id, entry);
    await auditDeed(tx, officer, {
      action: "change_rate",
      tenantId: null,
      target: { type: "rate_card", id: input.card },
      metadata: {
        ...{ deed: "published", version, reason: input.reason, effectiveFrom: entry.effectiveFrom },
        changes: differencesOf(newest?.lines.map(priceOf) ?? [], entry.lines)
          .slice(0, CHANGES_AUDITED_MAX)
          .map(changeText),
      },
    });
    return { version };
  });
}

/** Takes the newest version back that operators published and that has not begun. Throws `conflict` for any other. */
export async function recallVersion(officer: Officer, input: RecallVersion): Promise<void> {
  requireRecentAuthentication(officer.session);
  const { card: code, version, reason } = input;
  await platformDb().$transaction(async (tx) => {
    const card = await lockCard(tx, code);
    const [newest, before] = card.versions;
    const isRecallable = newest?.version === version && newest.isFixed && newest.effectiveFrom > now();
    if (!isRecallable) throw new AppError("conflict", TEXT_NOT_RECALLABLE);
    await tx.rateCardVersion.delete({ where: { id: newest.id } });
    if (before) await tx.rateCardVersion.update({ where: { id: before.id }, data: { effectiveTo: null } });
    await auditDeed(tx, officer, {
      action: "change_rate",
      tenantId: null,
      target: { type: "rate_card", id: code },
      metadata: { deed: "recalled", version, reason },
    });
  });
}

/** The card with its two newest versions, held until the transaction ends, also against a load of the file. */
async function lockCard(tx: Prisma.TransactionClient, code: string) {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('catalogue', 0))`;
  const card = await tx.rateCard.findUnique({
    where: { code },
    include: { versions: { orderBy: { version: "desc" }, take: 2, include: { lines: true } } },
  });
  if (!card) throw notFound("Rate card");
  return card;
}

async function takeDraft(tx: Prisma.TransactionClient, rateCardId: string, revision: number) {
  const draft = await tx.rateCardDraft.findUnique({ where: { rateCardId } });
  const { count } = await tx.rateCardDraft.deleteMany({ where: { rateCardId, revision } });
  if (!draft || count === 0) throw new AppError("conflict", TEXT_DRAFT_MOVED);
  return DraftEntry.parse(draft.entry);
}

function assertLater(effectiveFrom: string, newest: Newest | undefined): void {
  const begin = new Date(effectiveFrom);
  if (begin > now() && (!newest || begin > newest.effectiveFrom)) return;
  throw new AppError("invalid", TEXT_BEGINS_LATER, { fields: { effectiveFrom: TEXT_BEGINS_LATER } });
}

// From here on the file no longer rewrites a version to come that the new one follows.
async function endBefore(tx: Prisma.TransactionClient, newest: Newest, begin: string): Promise<void> {
  const isToCome = newest.effectiveFrom > now();
  await tx.rateCardVersion.update({
    where: { id: newest.id },
    data: { effectiveTo: new Date(begin), ...(isToCome && { isFixed: true }) },
  });
}

async function insertVersion(
  tx: Prisma.TransactionClient,
  rateCardId: string,
  entry: RateCardVersionEntry,
): Promise<void> {
  const id = newId();
  const { version, effectiveFrom, cheapModels } = entry;
  const checksum = createHash("sha256").update(JSON.stringify(entry)).digest();
  await tx.rateCardVersion.create({
    data: {
      ...{ id, rateCardId, version, cheapModels, checksum },
      effectiveFrom: new Date(effectiveFrom),
      isFixed: true,
    },
  });
  await tx.rateLine.createMany({
    data: entry.lines.map((line) => ({ rateCardVersionId: id, ...stored(line) })),
  });
}

function stored({ item, unit, price, per }: RatePrice) {
  const priceNanoPerMillion = nanoPerMillion(price, per);
  if (priceNanoPerMillion === null) throw new AppError("invalid", `${item}, ${unit}: no exact price.`);
  return { item, unit, priceNanoPerMillion, unitSize: BigInt(per) };
}

function changeText({ item, unit, before, after }: RateDifference): string {
  const text = (line: RatePrice | null) => (line ? `${line.price} per ${line.per}` : "none");
  return `${item} ${unit}: ${text(before)} -> ${text(after)}`;
}
