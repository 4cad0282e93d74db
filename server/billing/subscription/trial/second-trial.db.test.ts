import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeSubscribed,
  type Subscribed,
} from "../../../../tests/factories/billing";
import { fromNow } from "../../../platform/clock";
import { platformDb, platformPool } from "../../../platform/db";
import { listOutbox } from "../../../platform/outbox";
import { customerSync } from "../../customer/customer-sync";
import { SECOND_TRIAL_JOB, subscriptionSync } from "../sync";
import { endSecondTrial } from "./second-trial";

const DAY_MS = 86_400_000;
let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

/** A workspace in the trial of a subscription, paid by the card with this fingerprint. */
async function inTrial(fingerprint: string): Promise<Subscribed> {
  const trial_end = Math.floor(fromNow(10 * DAY_MS).getTime() / 1_000);
  const subscribed = await makeSubscribed(billed, { trial_end });
  const { card } = billed.control.world.objects.payment_method[subscribed.methodId] ?? {};
  if (!card) throw new Error("The workspace has no card.");
  card.fingerprint = fingerprint;
  return subscribed;
}

const newCard = () => randomBytes(8).toString("hex");

const lookAt = ({ tenant, subscriptionId }: Subscribed) =>
  endSecondTrial(tenant.scope.tenantId, subscriptionId);

async function statusOf({ subscriptionId }: Subscribed): Promise<string> {
  return (await billed.stripe.subscriptions.retrieve(subscriptionId)).status;
}

async function mailsTo({ tenant }: Subscribed) {
  return (await listOutbox(tenant.owner.email)).filter(({ template }) => template === "trial_refused");
}

test("a card that has had a trial in another workspace pays from the first day on, and its people are told once", async () => {
  const card = newCard();
  const first = await inTrial(card);
  await bringHome(customerSync, first.customerId);
  const second = await inTrial(card);
  for (const subscribed of [first, second, second]) await lookAt(subscribed);
  expect(await Promise.all([first, second].map(statusOf))).toEqual(["trialing", "active"]);
  const { data } = await billed.stripe.invoices.list({ subscription: second.subscriptionId, status: "paid" });
  expect(data.map(({ amount_paid }) => amount_paid)).toContain(1_900);
  await bringHome(subscriptionSync, second.subscriptionId);
  const { status } = await platformDb().subscription.findFirstOrThrow({
    where: { tenantId: second.tenant.id },
  });
  expect(status).toBe("active");
  expect(await mailsTo(second)).toHaveLength(1);
  expect(await mailsTo(first)).toEqual([]);
  const action = "subscription.end_second_trial";
  const audited = await platformDb().auditLog.findMany({ where: { action, tenantId: second.tenant.id } });
  expect(audited).toHaveLength(1);
});

test("of workspaces that come with one card at the same time, one keeps its trial", async () => {
  const card = newCard();
  const all: Subscribed[] = [];
  for (let count = 0; count < 6; count += 1) all.push(await inTrial(card));
  await Promise.all([...all, ...all].map(lookAt));
  const statuses = await Promise.all(all.map(statusOf));
  expect(statuses.filter((status) => status === "trialing")).toHaveLength(1);
});

test("another card is another trial, and the own card stays the own one", async () => {
  const card = newCard();
  const subscribed = await inTrial(card);
  await lookAt(subscribed);
  await lookAt(subscribed);
  const other = await inTrial(newCard());
  await lookAt(other);
  expect(await Promise.all([subscribed, other].map(statusOf))).toEqual(["trialing", "trialing"]);
});

test("a trial that begins is looked at, once", async () => {
  const { subscriptionId } = await inTrial(newCard());
  await bringHome(subscriptionSync, subscriptionId);
  const { rows } = await platformPool().query<{ key: string }>(
    "SELECT key FROM graphile_worker.jobs WHERE task_identifier = $1 AND key LIKE $2",
    [SECOND_TRIAL_JOB, `%${subscriptionId}`],
  );
  expect(rows).toHaveLength(1);
});
