import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { addMember, makeTenant, putOnPlan } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { platformPool } from "../platform/db";
import { replaceLlm } from "../platform/model";
import { demoProvider } from "../platform/model-demo";
import { listUnpricedModels, offeredModels } from "./models";
import { currentPlan, listPlans } from "./plans";
import { seatPrice } from "./seat-price";

const DAY_MS = 86_400_000;

afterEach(() => {
  travel(0);
  replaceLlm();
});

test("the catalogue lists what is sold, lowest rank first", async () => {
  const plans = await listPlans();
  expect(plans.map(({ code }) => code)).toEqual(["free", "starter", "pro", "enterprise"]);
  expect(plans[1]?.prices[0]).toEqual({
    interval: "month",
    priceNano: "19000000000",
    price: "19.00",
    currency: "USD",
  });
});

test("a new workspace begins the trial of starter, and is left with free when it is over", async () => {
  const { scope } = await makeTenant();
  const begun = await currentPlan(scope);
  expect(begun).toMatchObject({
    plan: { code: "starter" },
    standing: "trialing",
    seats: { used: 1, limit: 10 },
  });
  expect(Date.parse(begun.trialEndsAt ?? "") - Date.now()).toBeGreaterThan(13.9 * DAY_MS);
  travel(14 * DAY_MS + 1_000);
  expect(await currentPlan(scope)).toMatchObject({
    plan: { code: "free" },
    standing: "active",
    trialEndsAt: null,
  });
});

test("a grace that is over leaves no usable plan", async () => {
  const { id, scope } = await makeTenant();
  await platformPool().query(
    "UPDATE tenant_plans SET standing = 'past_due', grace_ends_at = now() + interval '1 day' WHERE tenant_id = $1",
    [id],
  );
  expect(await currentPlan(scope)).toMatchObject({ standing: "past_due", plan: { code: "starter" } });
  travel(2 * DAY_MS);
  expect(await currentPlan(scope)).toMatchObject({ standing: "suspended" });
});

test("one more seat costs what the plan says, and nothing in a trial, within the included ones or on a free plan", async () => {
  const tenant = await makeTenant();
  const { scope } = tenant;
  expect(await seatPrice(scope)).toBe(
    "One more seat costs nothing during the trial, and $19.00 a month on the Starter plan after it.",
  );
  travel(15 * DAY_MS);
  expect(await seatPrice(scope)).toBe("One more seat costs nothing on the Free plan.");
  travel(0);
  await putOnPlan(tenant, "pro");
  await addMember(tenant);
  expect(await seatPrice(scope)).toBe("One more seat is within the 3 that the Pro plan includes.");
  await addMember(tenant);
  expect(await seatPrice(scope)).toBe("One more seat costs $49.00 a month on the Pro plan.");
  await putOnPlan(tenant, "enterprise");
  expect(await seatPrice(scope)).toBeNull();
});

test("a stranger asks in vain for a workspace's plan", async () => {
  const mine = await makeTenant();
  const other = await makeTenant();
  const { cookie } = await signIn(other.owner);
  const { api } = callAs({ cookie, tenantSlug: mine.slug });
  await expect(api.plans.current()).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a model without a price is not offered, and operators see it", async () => {
  const { scope } = await makeTenant();
  const model = (id: string) => ({ id, label: id, contextTokens: 1_000, maxOutputTokens: 100 });
  replaceLlm(demoProvider([model("mystery"), model("parley-demo")]));
  expect((await offeredModels(scope)).map(({ id }) => id)).toEqual(["parley-demo"]);
  expect(await listUnpricedModels()).toEqual([
    { model: "mystery", label: "mystery", rateCards: ["standard"] },
  ]);
});

async function monthsFrom(anchor: Date, count: number): Promise<Date[]> {
  const { rows } = await platformPool().query<{ at: Date }>(
    "SELECT month_from($1, n) AS at FROM generate_series(0, $2) n ORDER BY n",
    [anchor, count],
  );
  return rows.map(({ at }) => at);
}

function clamped(anchor: Date, months: number): Date {
  const month = anchor.getUTCMonth() + months;
  const last = new Date(Date.UTC(anchor.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const start = new Date(anchor);
  start.setUTCFullYear(anchor.getUTCFullYear(), month, Math.min(anchor.getUTCDate(), last));
  return start;
}

const anchors = fc
  .tuple(
    fc.integer({ min: 2020, max: 2032 }),
    fc.integer({ min: 0, max: 11 }),
    fc.integer({ min: 1, max: 31 }),
  )
  .map(([year, month, day]) => new Date(Date.UTC(year, month, day, 13, 7, 9, 123)));

test("months tile ten years from their anchor, with the day clamped to the month", async () => {
  await fc.assert(
    fc.asyncProperty(anchors, async (anchor) => {
      const starts = await monthsFrom(anchor, 120);
      expect(starts).toEqual(starts.map((_, n) => clamped(anchor, n)));
    }),
    { numRuns: 40 },
  );
});

test("Jan 31 is followed by Feb 28 and then by Mar 31", async () => {
  const starts = await monthsFrom(new Date("2027-01-31T00:00:00Z"), 2);
  expect(starts.map((start) => start.toISOString().slice(0, 10))).toEqual([
    "2027-01-31",
    "2027-02-28",
    "2027-03-31",
  ]);
});

test("an instant belongs to the month that begins with it, and a millisecond earlier to the one before", async () => {
  await fc.assert(
    fc.asyncProperty(anchors, fc.integer({ min: 1, max: 120 }), async (anchor, n) => {
      const { rows } = await platformPool().query<{ on_start: number; before: number }>(
        `SELECT month_number($1, month_from($1, $2)) AS on_start,
                month_number($1, month_from($1, $2) - interval '1 millisecond') AS before`,
        [anchor, n],
      );
      expect(rows).toEqual([{ on_start: n, before: n - 1 }]);
    }),
    { numRuns: 100 },
  );
});

test("who is signed in sees the plan and the limits of the workspace that the session works in", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  expect(await callAs({ cookie }).api.auth.me()).toMatchObject({
    activeTenant: null,
    plan: null,
    limits: [],
  });
  const { limits } = (await callAs({ cookie, tenantSlug: tenant.slug }).api.plans.current()).plan;
  expect(await callAs({ cookie }).api.auth.me()).toMatchObject({
    activeTenant: { slug: tenant.slug },
    plan: { code: "starter", standing: "trialing", trialEndsAt: expect.any(String) },
    limits,
  });
});
