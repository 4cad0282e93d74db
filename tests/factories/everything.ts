// A workspace with something in every table that knows of workspaces, for tests of its end.

import { randomBytes } from "node:crypto";
import { takePlace } from "../../server/billing/stream/places";
import { sendMessage } from "../../server/chat/start-run";
import { inviteMember } from "../../server/members/invites";
import { platformDb, platformPool } from "../../server/platform/db";
import { newId } from "../../server/platform/ids";
import { store } from "../../server/platform/storage";
import { withTenant } from "../../server/platform/tenant-db";
import { internalRequest } from "../../server/request";
import { createInvite } from "../../server/signup/invites";
import { callAs } from "./callers";
import { makeConversation } from "./conversations";
import { makeToken } from "./machines";
import { converse } from "./messages";
import { makeOperator } from "./operators";
import { makeGrant } from "./support-access";
import { addMember, type TestTenant } from "./tenants";
import { callOf, credit, dispatchCall, givePlan, settle } from "./wallet";

/** Just above the balance below which a workspace is warned. */
const DAY_MS = 86_400_000;
const BALANCE_NANO = 5_000_000_010n;

/** Fills the workspace; `cookie` is its owner's. */
export async function makeOneOfEverything(tenant: TestTenant, cookie: string): Promise<void> {
  await makePeople(tenant);
  await makeTalk(tenant);
  await makeMoney(tenant);
  await makeBilling(tenant);
  await makeSettings(tenant, cookie);
  await makeTraces(tenant);
}

async function makePeople(tenant: TestTenant): Promise<void> {
  await addMember(tenant, "member");
  await inviteMember(tenant.scope, { email: `${newId()}@guild.example`, role: "member" });
  const by = { type: "system" as const, id: null };
  await createInvite({ joinsTenantId: tenant.id }, by, internalRequest());
  await makeToken(tenant);
  await makeGrant(tenant, await makeOperator());
}

/** Two conversations: one with an answer, one that waits for it. */
async function makeTalk({ scope }: TestTenant): Promise<void> {
  const { tenantId } = scope;
  const conversationId = await makeConversation(scope, { title: "Plan" });
  const { runId } = await converse(scope, conversationId, "Question", { text: "Answer" });
  const step = {
    key: "m:0",
    fence: 1,
    kind: "model",
    status: "finished",
    agent: "triage",
    name: "demo",
  } as const;
  await withTenant(scope, async (db) => {
    await db.runStep.create({ data: { tenantId, runId, ...step, input: {} } });
    await db.runEvent.create({ data: { tenantId, runId, fence: 1, sequence: 1, data: {} } });
  });
  const waiting = await makeConversation(scope);
  await sendMessage(scope, { conversationId: waiting, text: "Waiting", clientMessageId: newId() });
}

/** One call that the plan allows, one that the reserve pays and that leaves little in it, a cap, a request, and a correction. */
async function makeMoney(tenant: TestTenant): Promise<void> {
  const { tenantId, userId } = tenant.scope;
  await givePlan(tenant, { message: 1 }, "use_reserve");
  await credit(tenant.scope, BALANCE_NANO);
  for (let call = 0; call < 2; call += 1) {
    await settle(tenant.scope, await dispatchCall(tenant.scope, callOf({ conversationId: newId() })));
  }
  await platformPool().query("INSERT INTO spend_limits VALUES ($1, 'member', $2, 1000, true, now())", [
    tenantId,
    userId,
  ]);
  await platformDb().bookFault.create({
    data: { tenantId, fault: "a spend counter is off", firstSeenAt: new Date(), lastSeenAt: new Date() },
  });
  await platformDb().limitRequest.create({
    data: {
      ...{ tenantId, userId, id: newId(), extraNano: 5n, note: "For the quarter's end", state: "pending" },
      ...{ periodStartAt: new Date(), createdAt: new Date() },
    },
  });
  const adjustment = { amountNano: 5n, reason: "Goodwill for an outage", state: "pending" as const };
  await platformDb().adjustment.create({
    data: { tenantId, id: newId(), ...adjustment, requestedBy: newId(), createdAt: new Date() },
  });
}

/** A customer of Stripe whose subscription was paid once, and who fills the reserve by itself. */
async function makeBilling({ id: tenantId, scope }: TestTenant): Promise<void> {
  const at = new Date();
  const end = new Date(at.getTime() + 30 * DAY_MS);
  const stripeId = newId().replaceAll("-", "");
  const { id: planVersionId } = await platformDb().planVersion.findFirstOrThrow();
  const payment = { tenantId, paymentIntentId: `pi_${stripeId}`, createdAt: at };
  await platformDb().reservePayment.create({ data: { ...payment, creditedNano: 5n } });
  await platformDb().reserveClaim.create({
    data: { ...payment, id: `re_${stripeId}`, isDispute: false, amountNano: 1n },
  });
  await platformDb().billingProfile.create({
    data: { tenantId, stripeCustomerId: `cus_${stripeId}`, createdAt: at, updatedAt: at },
  });
  await platformDb().subscription.create({
    data: {
      ...{ tenantId, id: newId(), stripeSubscriptionId: `sub_${stripeId}`, stripeItemId: `si_${stripeId}` },
      ...{ status: "active", planVersionId, interval: "month", seatsBilled: 1, anchorAt: at },
      ...{ periodStartAt: at, periodEndAt: end, snapshot: {}, appliedFence: 1n, fetchedAt: at },
    },
  });
  await platformDb().invoice.create({
    data: {
      ...{ tenantId, stripeInvoiceId: `in_${stripeId}`, status: "paid", currency: "USD", createdAt: at },
      ...{ totalNano: 5n, dueNano: 0n, paidNano: 5n, appliedFence: 1n },
    },
  });
  await platformDb().stripeEvent.create({
    data: {
      ...{ eventId: `evt_${stripeId}`, type: "invoice.paid", isLive: false, tenantId, createdAt: at },
      ...{ receivedAt: at, rawBody: Buffer.from("{}"), payload: {}, source: "webhook" },
    },
  });
  await platformDb().stripeCall.create({
    data: {
      ...{ id: newId(), tenantId, operation: "customer.create", intent: tenantId, status: "ok" },
      ...{ requestHash: randomBytes(32), createdAt: at },
    },
  });
  const seen = { foundAt: at, lastSeenAt: at, lookedAt: at };
  await platformDb().billingDifference.create({
    data: { id: newId(), kind: "seats", objectId: `sub_${stripeId}`, tenantId, ...seen },
  });
  await platformDb().stripeFormerCustomer.create({
    data: { customerId: `cus_former_${stripeId}`, tenantId, endedAt: at },
  });
  await platformDb().autoTopupConfig.create({ data: { tenantId, updatedAt: at } });
  await platformDb().autoTopupAttempt.create({
    data: { tenantId, id: newId(), amountCents: 5_000, status: "succeeded", createdAt: at },
  });
  await platformPool().query("SELECT billing_tell($1, 'invoice', '{}', now())", [tenantId]);
  await takePlace(scope);
}

async function makeSettings({ id, slug }: TestTenant, cookie: string): Promise<void> {
  const { tenants } = callAs({ cookie, tenantSlug: slug }).api;
  await tenants.update({ version: 1, retentionDays: 30, billingContacts: ["bills@acme.example"] });
  await tenants.changeSlug({ slug: `moved-${id.slice(-12)}` });
}

/** What people's own rows and the process's tell of the workspace. */
async function makeTraces({ id, owner }: TestTenant): Promise<void> {
  await platformDb().session.updateMany({ where: { userId: owner.id }, data: { activeTenantId: id } });
  await platformDb().userLoginEvent.create({
    data: { id: newId(), userId: owner.id, result: "success", activeTenantId: id },
  });
  await platformDb().rateLimitWindow.create({
    data: { key: `test|${id}|${newId()}`, hits: 1, endsAt: new Date(Date.now() + 60_000) },
  });
  await store(`tenants/${id}/note`, [randomBytes(8)]);
}
