// The first page of the simulator: who pays for what, and the hand in the machine for whoever shows Parley to somebody.
import type Stripe from "stripe";
import { finishProcessing } from "./after-payment";
import { renewAlone } from "./clocks";
import { amountText, escapeHtml, htmlPage } from "./html";
import type { PageAnswer, PageCall } from "./page-call";
import { runDue } from "./renewals";
import { all, find, idOf, secondsNow, type World } from "./world";

const DAY_SECONDS = 86_400;
const INTENTS_MAX = 10;

/** GET shows it; POST does one of its buttons and shows it again. */
export function handPage(world: World, { method, form }: PageCall): PageAnswer {
  if (method === "GET") return { status: 200, html: handHtml(world) };
  act(world, form);
  return { redirect: "/" };
}

function act(world: World, form: URLSearchParams): void {
  const days = Number(form.get("days") ?? 0);
  if (days === 1 || days === 31) {
    world.clockOffsetSeconds += days * DAY_SECONDS;
    runDue(world);
  }
  if (form.has("decline")) world.declinesLeft += 1;
  const subscription = find(world, "subscription", form.get("renew") ?? "");
  if (subscription && subscription.ended_at === null) renewAlone(world, subscription);
  const intent = find(world, "payment_intent", form.get("intent") ?? "");
  if (intent?.status === "processing") finishProcessing(world, intent, form.get("ends") === "paid");
}

function handHtml(world: World): string {
  const now = new Date(secondsNow(world) * 1000).toISOString().slice(0, 16).replace("T", " ");
  const declines = world.declinesLeft > 0 ? ` Charges that will be declined: ${world.declinesLeft}.` : "";
  return htmlPage(
    "The hand in the machine",
    `<p>It is ${now} UTC here.${declines}</p>
${button("days", "1", "A day later")}${button("days", "31", "A month later")}${button("decline", "1", "Decline the next charge")}
<h2>Subscriptions</h2>${table(all(world, "subscription").map((one) => subscriptionRow(world, one)))}
<h2>Payments</h2>${table(all(world, "payment_intent").slice(-INTENTS_MAX).map(intentRow))}`,
  );
}

function button(name: string, value: string, label: string): string {
  return `<form method="post" class="row"><button class="plain" name="${name}" value="${value}">${label}</button></form>`;
}

function table(rows: string[]): string {
  return rows.length > 0 ? `<table>${rows.reverse().join("")}</table>` : "<p>None yet.</p>";
}

function subscriptionRow(world: World, subscription: Stripe.Subscription): string {
  const { id, customer, items, status, ended_at } = subscription;
  const [item] = items.data;
  const product = item ? find(world, "product", idOf(item.price.product)) : null;
  const who = find(world, "customer", idOf(customer));
  const name = who?.name ?? who?.email ?? idOf(customer);
  const ends = ended_at === null ? button("renew", id, "Renew now") : "";
  return `<tr><td>${escapeHtml(name)}: ${item?.quantity ?? 1} × ${escapeHtml(product?.name ?? "")} ${ends}</td><td>${status}</td></tr>`;
}

function intentRow({ id, amount, currency, status }: Stripe.PaymentIntent): string {
  const ends = (value: string, label: string) =>
    `<form method="post" class="row"><input type="hidden" name="intent" value="${id}">
<button class="plain" name="ends" value="${value}">${label}</button></form>`;
  const choice = status === "processing" ? `${ends("paid", "It arrives")}${ends("failed", "It fails")}` : "";
  return `<tr><td>${amountText(amount, currency)} ${choice}</td><td>${status.replaceAll("_", " ")}</td></tr>`;
}
