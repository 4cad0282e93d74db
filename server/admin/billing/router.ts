// Procedures of operators of billing: what all workspaces have and cost, prices, and what is decided about money.

import { listDifferences, readComparison } from "../../billing/compare/list";
import { repairDifference } from "../../billing/compare/repair";
import { askForComparison } from "../../billing/compare/run";
import {
  ListDifferences,
  ListStripeEvents,
  NameDifference,
  NameStripeEvent,
  ReplayEvents,
} from "../../billing/contract";
import { getStripeEvent } from "../../billing/intake/console/event";
import { listStripeEvents } from "../../billing/intake/console/events";
import { replayEvents, replayerOf } from "../../billing/intake/console/replay";
import { readIntakeOverview } from "../../billing/intake/overview";
import {
  NameDraft,
  NameRateCard,
  OverrideBlock,
  PublishDraft,
  RecallVersion,
  SaveDraft,
} from "../../catalogue/contract";
import { listUnpricedModels } from "../../catalogue/models";
import { overrideBlock } from "../../catalogue/override";
import { getRateCard, listRateCards } from "../../catalogue/rates/cards";
import { beginDraft, dropDraft, saveDraft } from "../../catalogue/rates/drafts";
import { publishDraft, recallVersion } from "../../catalogue/rates/publish";
import { operatorProcedure, router } from "../../procedures";
import {
  adjustReserve,
  approveAdjustment,
  listAdjustments,
  rejectAdjustment,
} from "../../wallet/adjustments";
import {
  AdjustReserve,
  DecideAdjustment,
  ExportLedger,
  ListAdjustments,
  SetQuotaGuard,
  SetTenantPolicy,
} from "../../wallet/contract";
import { setTenantPolicy } from "../../wallet/operators/policy";
import { setQuotaGuard } from "../../wallet/operators/quota-guard";
import { askForReconciliation } from "../../wallet/reconciliation";
import { exportAllLedgers } from "../../wallet/reserve/ledger-file";
import { CostsQuery, ListHolds, NameTenant, ReserveQuery } from "../contract";
import { COUNTED, operatorOf } from "../operator";
import { getTenantAccount } from "./account";
import { usageCosts } from "./costs";
import { listOpenHolds } from "./holds";
import { reserveSummary } from "./reserves";

const reading = operatorProcedure("billing.read");
const deciding = operatorProcedure("billing.manage").meta(COUNTED);
const readingStripe = reading.meta({ feature: "billing" });
const decidingStripe = deciding.meta({ feature: "billing" });

export const billingRouter = router({
  reserveSummary: reading.input(ReserveQuery).query(({ input }) => reserveSummary(input)),
  usageCosts: reading.input(CostsQuery).query(({ input }) => usageCosts(input)),
  holds: reading.input(ListHolds).query(({ input }) => listOpenHolds(input)),
  account: reading.input(NameTenant).query(({ input }) => getTenantAccount(input.tenantId)),
  unpricedModels: reading.query(async () => ({ items: await listUnpricedModels() })),
  rateCards: reading.query(async () => ({ items: await listRateCards() })),
  rateCard: reading.input(NameRateCard).query(({ input }) => getRateCard(input.card)),
  beginRateDraft: deciding
    .input(NameRateCard)
    .mutation(({ ctx, input }) => beginDraft(operatorOf(ctx), input)),
  saveRateDraft: deciding.input(SaveDraft).mutation(({ ctx, input }) => saveDraft(operatorOf(ctx), input)),
  dropRateDraft: deciding.input(NameDraft).mutation(({ input }) => dropDraft(input)),
  publishRateDraft: deciding
    .input(PublishDraft)
    .mutation(({ ctx, input }) => publishDraft(operatorOf(ctx), input)),
  recallRateVersion: deciding
    .input(RecallVersion)
    .mutation(({ ctx, input }) => recallVersion(operatorOf(ctx), input)),
  /** A mutation, since the beginning of an export is audited. */
  exportLedger: reading
    .input(ExportLedger)
    .mutation(({ ctx, input }) => exportAllLedgers(operatorOf(ctx), input)),
  adjustments: reading.input(ListAdjustments).query(({ input }) => listAdjustments(input)),
  adjustReserve: deciding
    .input(AdjustReserve)
    .mutation(({ ctx, input }) => adjustReserve(operatorOf(ctx), input)),
  approveAdjustment: deciding
    .input(DecideAdjustment)
    .mutation(({ ctx, input }) => approveAdjustment(operatorOf(ctx), input)),
  rejectAdjustment: deciding
    .input(DecideAdjustment)
    .mutation(({ ctx, input }) => rejectAdjustment(operatorOf(ctx), input)),
  setPolicy: deciding
    .input(SetTenantPolicy)
    .mutation(({ ctx, input }) => setTenantPolicy(operatorOf(ctx), input)),
  overrideBlock: deciding
    .input(OverrideBlock)
    .mutation(({ ctx, input }) => overrideBlock(operatorOf(ctx), input)),
  setQuotaGuard: deciding
    .input(SetQuotaGuard)
    .mutation(({ ctx, input }) => setQuotaGuard(operatorOf(ctx), input)),
  reconcile: deciding.mutation(({ ctx }) => askForReconciliation(operatorOf(ctx))),
  intake: readingStripe.query(() => readIntakeOverview()),
  events: readingStripe.input(ListStripeEvents).query(({ input }) => listStripeEvents(input)),
  event: readingStripe.input(NameStripeEvent).query(({ input }) => getStripeEvent(input)),
  comparison: readingStripe.query(() => readComparison()),
  differences: readingStripe.input(ListDifferences).query(({ input }) => listDifferences(input)),
  compare: decidingStripe.mutation(({ ctx }) => askForComparison(operatorOf(ctx))),
  repairDifference: decidingStripe
    .input(NameDifference)
    .mutation(({ ctx, input }) => repairDifference(operatorOf(ctx), input)),
  replay: decidingStripe
    .input(ReplayEvents)
    .mutation(({ ctx, input }) => replayEvents(replayerOf(operatorOf(ctx)), input)),
});
