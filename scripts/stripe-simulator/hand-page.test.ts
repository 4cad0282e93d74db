// The page that moves the simulator by hand, and who may not reach it.
import { expect, test } from "vitest";
import { customerWithPrice, postPage, simulatedForFile } from "../../tests/factories/stripe-simulator";

const sim = await simulatedForFile();

test("time moves, a charge is declined, and money arrives at the press of a button", async () => {
  const { customer, price } = await customerWithPrice(sim.stripe);
  await sim.stripe.subscriptions.create({ customer, items: [{ price, quantity: 2 }] });
  expect(await (await fetch(sim.url)).text()).toContain("ada@example.com: 2 × Starter");
  await postPage(`${sim.url}/`, { decline: "1" });
  await postPage(`${sim.url}/`, { days: "31" });
  const { data: refused } = await sim.stripe.events.list({ type: "invoice.payment_failed" });
  expect(refused).toHaveLength(1);
  const intent = await sim.stripe.paymentIntents.create({
    amount: 900,
    currency: "usd",
    confirm: true,
    payment_method: "pm_simulated_processing",
  });
  expect((await postPage(`${sim.url}/`, { intent: intent.id, ends: "paid" })).status).toBe(303);
  expect((await sim.stripe.paymentIntents.retrieve(intent.id)).status).toBe("succeeded");
});

test("a subscription is renewed alone: for nobody else does time pass", async () => {
  const [renewed, other] = await Promise.all(
    ["a", "b"].map(async () => {
      const { customer, price } = await customerWithPrice(sim.stripe);
      return sim.stripe.subscriptions.create({ customer, items: [{ price }] });
    }),
  );
  const before = sim.control.now();
  await postPage(`${sim.url}/`, { renew: renewed?.id ?? "" });
  await postPage(`${sim.url}/`, { renew: renewed?.id ?? "" });
  const invoicesOf = async (subscription = "") =>
    (await sim.stripe.invoices.list({ subscription })).data.length;
  expect(await Promise.all([invoicesOf(renewed?.id), invoicesOf(other?.id)])).toEqual([3, 1]);
  expect(sim.control.now() - before).toBeLessThan(86_400);
});

test("a page of another origin reaches nothing", async () => {
  const before = sim.control.now();
  for (const path of ["/", "/_control/advance", "/v1/customers"]) {
    const refused = await fetch(`${sim.url}${path}`, {
      method: "POST",
      headers: { origin: "https://elsewhere.example", authorization: `Bearer ${sim.secretKey}` },
      body: new URLSearchParams({ days: "31" }),
    });
    expect(refused.status).toBe(403);
  }
  expect(sim.control.now() - before).toBeLessThan(86_400);
});
