import { afterEach, expect, test } from "vitest";
import { billedStripe } from "../../../tests/factories/billing";
import { callAs } from "../../../tests/factories/callers";
import { eventsTold, handle, ledgerOf } from "../../../tests/factories/reserve-payments";
import { postPage } from "../../../tests/factories/stripe-simulator";
import { makeTenant } from "../../../tests/factories/tenants";
import { signIn } from "../../../tests/factories/users";
import { config, resetConfig } from "../../platform/config";

const SETTINGS = ["ENABLE_BILLING", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_PRODUCT_PRICE_MAP"];

afterEach(() => {
  for (const name of [...SETTINGS, "STRIPE_API_BASE"]) delete process.env[name];
  resetConfig();
});

async function reserveOf(tenant: Awaited<ReturnType<typeof makeTenant>>) {
  const { cookie } = await signIn(tenant.owner);
  return callAs({ cookie, tenantSlug: tenant.slug }).api.reserve;
}

test("a top-up is paid on Stripe's page, credited when Stripe says so, and its card is kept", async () => {
  const billed = await billedStripe();
  try {
    const tenant = await makeTenant();
    const { topUp } = await reserveOf(tenant);
    const { url } = await topUp({ amountCents: 2_500 });
    expect(new URL(url).origin).toBe(new URL(billed.url).origin);
    expect(await ledgerOf(tenant)).toEqual([]);
    const [session] = (await billed.stripe.checkout.sessions.list({})).data;
    expect(session).toMatchObject({ mode: "payment", amount_total: 2_500 });
    await postPage(url, { card: "pm_card_visa" });
    for (const event of await eventsTold(billed)) await handle(event);
    expect((await ledgerOf(tenant)).map(([kind, cents]) => [kind, cents])).toEqual([["topup", 2_500]]);
    const customer = String(session?.customer);
    expect((await billed.stripe.paymentMethods.list({ customer })).data).toHaveLength(1);
    await topUp({ amountCents: 100 });
    expect((await billed.stripe.customers.list({})).data.map(({ id }) => id)).toEqual([customer]);
  } finally {
    await billed.stop();
  }
});

test("in production nobody is credited while nobody can pay; in development without Stripe it is tried for free", async () => {
  const tenant = await makeTenant();
  const { topUp } = await reserveOf(tenant);
  const settings = config();
  Object.assign(settings, { isProduction: true });
  await expect(topUp({ amountCents: 500 })).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  expect(await ledgerOf(tenant)).toEqual([]);
  Object.assign(settings, { isProduction: false });
  expect(await topUp({ amountCents: 500 })).toEqual({ url: `/t/${tenant.slug}/billing` });
  expect((await ledgerOf(tenant)).map(([kind, cents]) => [kind, cents])).toEqual([["topup", 500]]);
});
