// The next version of a rate card, drafted by operators in the browser: one draft a card, a copy of the newest version to
// begin with. A draft prices nothing. Of two operators who change one at once, the first one's words stand.

import type { Officer } from "../../auth/sign-in/officer";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError, notFound } from "../../platform/errors";
import type { NameDraft, NameRateCard, SaveDraft } from "../contract";
import { TEXT_DRAFT_EXISTS, TEXT_DRAFT_MOVED } from "../terms";
import { priceOf } from "./cards";

const DAY_MS = 86_400_000;

/** Begins a draft as a copy of the newest version, from the day after tomorrow on. Throws `conflict` when there is one. */
export async function beginDraft({ session }: Officer, { card: code }: NameRateCard): Promise<void> {
  const card = await findCard(code);
  const [newest] = card.versions;
  const begin = new Date(Math.ceil(now().getTime() / DAY_MS) * DAY_MS + DAY_MS);
  const entry = {
    effectiveFrom: begin.toISOString(),
    cheapModels: newest?.cheapModels ?? [],
    lines: newest?.lines.map(priceOf) ?? [],
  };
  const { count } = await platformDb().rateCardDraft.createMany({
    data: [{ rateCardId: card.id, revision: 1, entry, updatedBy: session.userId, updatedAt: now() }],
    skipDuplicates: true,
  });
  if (count === 0) throw new AppError("conflict", TEXT_DRAFT_EXISTS);
}

/** Puts other words in place of the draft's. Throws `conflict` when somebody changed it since it was read. */
export async function saveDraft({ session }: Officer, input: SaveDraft): Promise<void> {
  const { card: code, revision, ...entry } = input;
  const { id: rateCardId } = await findCard(code);
  const { count } = await platformDb().rateCardDraft.updateMany({
    where: { rateCardId, revision },
    data: { entry, revision: revision + 1, updatedBy: session.userId, updatedAt: now() },
  });
  if (count === 0) throw new AppError("conflict", TEXT_DRAFT_MOVED);
}

/** Throws a draft away. Throws `conflict` when somebody changed it since it was read. */
export async function dropDraft({ card: code, revision }: NameDraft): Promise<void> {
  const { id: rateCardId } = await findCard(code);
  const { count } = await platformDb().rateCardDraft.deleteMany({ where: { rateCardId, revision } });
  if (count === 0) throw new AppError("conflict", TEXT_DRAFT_MOVED);
}

async function findCard(code: string) {
  const card = await platformDb().rateCard.findUnique({
    where: { code },
    include: {
      versions: {
        orderBy: { version: "desc" },
        take: 1,
        include: { lines: { orderBy: [{ item: "asc" }, { unit: "asc" }] } },
      },
    },
  });
  if (!card) throw notFound("Rate card");
  return card;
}
