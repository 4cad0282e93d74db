// A simulated Stripe for tests: the simulator in this process, the real SDK towards it, and somebody who listens for events.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type Stripe from "stripe";
import { afterAll } from "vitest";
import { type Simulator, startSimulator } from "../../scripts/stripe-simulator/simulator";
import { makeStripe } from "../../server/platform/stripe";

export interface SimulatedStripe extends Simulator {
  stripe: Stripe;
  secretKey: string;
}

/** The simulator and a client of it that neither retries nor makes keys, as the application's. */
export async function simulatedStripe(
  options: { webhookUrl?: string; webhookSecret?: string; stateFile?: string; port?: number } = {},
): Promise<SimulatedStripe> {
  const secretKey = `sk_test_${randomBytes(12).toString("hex")}`;
  const simulator = await startSimulator({ ...options, apiKey: secretKey });
  const stripe = makeStripe({ secretKey, apiBase: new URL(simulator.url) });
  return { ...simulator, stripe, secretKey };
}

/** One for all tests of a file, which ends with them. */
export async function simulatedForFile(): Promise<SimulatedStripe> {
  const simulated = await simulatedStripe();
  afterAll(() => simulated.stop());
  return simulated;
}

export interface Arrived {
  body: string;
  signature: string;
}

/** Somebody who takes webhooks, or refuses them while `status` says so. */
export async function webhookListener() {
  const arrived: Arrived[] = [];
  const listener = { arrived, status: 202, url: "", close: () => {} };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      arrived.push({ body, signature: String(request.headers["stripe-signature"]) });
      response.writeHead(listener.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  listener.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`;
  listener.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return listener;
}

/** What a person does on a hosted page: posts its form; answers where they are sent, or what they read. */
export async function postPage(url: string, fields: Record<string, string>) {
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

/** A customer with a monthly price, and a card that pays unless told. */
export async function customerWithPrice(stripe: Stripe, card = "pm_card_visa") {
  const product = await stripe.products.create({ name: "Starter" });
  const price = await stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 1900,
    recurring: { interval: "month" },
  });
  const customer = await stripe.customers.create({ email: "ada@example.com" });
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return { customer: customer.id, price: price.id, method: method.id, product: product.id };
}
