// Which of the configured models a tenant is offered: those that its plan's rate card has a price for. A model without a
// price is not offered; operators see it in a list of its own.

import { now } from "../platform/clock";
import { db } from "../platform/db";
import { type ModelInfo, models } from "../platform/model";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import { ANY_MODEL } from "./terms";

const PRICED = {
  name: "catalogue_priced_models",
  text: `
  SELECT l.item FROM plan_of($1, $2) p JOIN rate_lines l ON l.rate_card_version_id = p.rate_card_version_id
   WHERE l.unit IN ('input_token', 'output_token') GROUP BY l.item HAVING count(*) = 2`,
};

/** The models this tenant may use now, in the configured order; the first is the default. */
export async function offeredModels(scope: TenantScope): Promise<ModelInfo[]> {
  const rows = await queryTenant<{ item: string }>(scope, { ...PRICED, values: [scope.tenantId, now()] });
  return models().filter(isPricedBy(rows.map(({ item }) => item)));
}

export interface UnpricedModel {
  model: string;
  label: string;
  /** Rate cards that have no price for it now. */
  rateCards: string[];
}

/** Configured models that at least one rate card has no price for now. */
export async function listUnpricedModels(): Promise<UnpricedModel[]> {
  const at = now();
  const cards = await db().rateCard.findMany({
    orderBy: { code: "asc" },
    select: {
      code: true,
      versions: {
        where: { effectiveFrom: { lte: at }, OR: [{ effectiveTo: null }, { effectiveTo: { gt: at } }] },
        select: { lines: { where: { unit: "input_token" }, select: { item: true } } },
      },
    },
  });
  const gaps = models().map(({ id, label }) => ({
    model: id,
    label,
    rateCards: cards
      .filter(
        ({ versions }) =>
          !hasPrice(
            versions.flatMap(({ lines }) => lines.map(({ item }) => item)),
            id,
          ),
      )
      .map(({ code }) => code),
  }));
  return gaps.filter(({ rateCards }) => rateCards.length > 0);
}

function isPricedBy(items: string[]): (model: ModelInfo) => boolean {
  return ({ id }) => hasPrice(items, id);
}

function hasPrice(items: string[], model: string): boolean {
  return items.includes(model) || items.includes(ANY_MODEL);
}
