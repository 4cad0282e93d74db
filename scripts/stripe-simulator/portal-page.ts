// The page of the customer portal: what one pays for, the card, the invoices, and the way back.
import type Stripe from "stripe";
import { attachMethod, makeMethod, TEST_CARDS } from "./cards";
import { defaultPaymentMethod } from "./customers";
import { change } from "./events";
import { amountText, cardFieldset, escapeHtml, htmlPage } from "./html";
import type { PageAnswer, PageCall } from "./page-call";
import { updateSubscription } from "./subscription-update";
import { all, find, get, idOf, type World } from "./world";

/** GET shows it; POST with `action=cancel|resume|card` changes something and shows it again. */
export function portalPage(world: World, { id, method, form }: PageCall): PageAnswer {
  const session = find(world, "billing_portal.session", id);
  if (!session) return { status: 404, html: htmlPage("No such session", "") };
  if (method === "POST") act(world, session, form);
  return method === "POST"
    ? { redirect: `/portal/${id}` }
    : { status: 200, html: portalHtml(world, session) };
}

function act(world: World, session: Stripe.BillingPortal.Session, form: URLSearchParams): void {
  const { features } = get(world, "billing_portal.configuration", idOf(session.configuration));
  const action = form.get("action");
  const card = form.get("card") ?? "";
  if (action === "card" && features.payment_method_update.enabled && Object.hasOwn(TEST_CARDS, card))
    setCard(world, session.customer, card);
  if (!features.subscription_cancel.enabled) return;
  if (action === "cancel" || action === "resume")
    for (const subscription of runningOf(world, session.customer))
      updateSubscription(world, subscription, { cancel_at_period_end: action === "cancel" });
}

/** The new card pays for everything from now on. */
function setCard(world: World, customerId: string, card: string): void {
  const method = attachMethod(world, makeMethod(world, card), customerId);
  const customer = get(world, "customer", customerId);
  const invoice_settings = { ...customer.invoice_settings, default_payment_method: method.id };
  change(world, customer, { type: "customer.updated", changes: { invoice_settings } });
  for (const subscription of runningOf(world, customerId))
    updateSubscription(world, subscription, { default_payment_method: method.id });
}

function runningOf(world: World, customer: string): Stripe.Subscription[] {
  return all(world, "subscription").filter((one) => one.customer === customer && one.ended_at === null);
}

function portalHtml(world: World, session: Stripe.BillingPortal.Session): string {
  const { features } = get(world, "billing_portal.configuration", idOf(session.configuration));
  const back = session.return_url
    ? `<p><a href="${escapeHtml(session.return_url)}">Return to Parley</a></p>`
    : "";
  return htmlPage(
    "Your billing",
    [
      ...runningOf(world, session.customer).map((one) =>
        subscriptionHtml(world, one, features.subscription_cancel.enabled),
      ),
      features.payment_method_update.enabled ? cardHtml(world, session.customer) : "",
      features.invoice_history.enabled ? invoicesHtml(world, session.customer) : "",
      back,
    ].join(""),
  );
}

function subscriptionHtml(world: World, subscription: Stripe.Subscription, mayCancel: boolean): string {
  const [item] = subscription.items.data;
  const product = item ? find(world, "product", idOf(item.price.product)) : null;
  const end = new Date((item?.current_period_end ?? 0) * 1000).toISOString().slice(0, 10);
  const [action, label, sentence] = subscription.cancel_at_period_end
    ? ["resume", "Do not cancel", `It ends on ${end}.`]
    : ["cancel", "Cancel subscription", `It renews on ${end}.`];
  const button = `<form method="post"><button class="plain" name="action" value="${action}">${label}</button></form>`;
  return `<p><strong>${escapeHtml(product?.name ?? "Subscription")}</strong>, ${item?.quantity ?? 1} × ${amountText(
    item?.price.unit_amount ?? 0,
    subscription.currency,
  )} per ${item?.price.recurring?.interval}. Status: ${subscription.status}. ${sentence}</p>${mayCancel ? button : ""}`;
}

function cardHtml(world: World, customer: string): string {
  const current = find(world, "payment_method", defaultPaymentMethod(world, customer) ?? "");
  const now = current?.card ? `<p>Card: ${current.card.brand} •••• ${current.card.last4}</p>` : "";
  return `${now}<form method="post">${cardFieldset()}<button name="action" value="card">Use this card</button></form>`;
}

function invoicesHtml(world: World, customer: string): string {
  const rows = all(world, "invoice")
    .filter((invoice) => invoice.customer === customer && invoice.status !== "draft")
    .reverse()
    .map(
      ({ id, number, amount_due, currency, status }) =>
        `<tr><td><a href="/invoices/${id}">${number}</a>, ${status}</td><td>${amountText(amount_due, currency)}</td></tr>`,
    );
  return rows.length > 0 ? `<h2>Invoices</h2><table>${rows.join("")}</table>` : "";
}
