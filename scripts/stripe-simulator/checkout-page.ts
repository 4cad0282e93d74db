// The hosted page of a checkout session: what is bought, a card to choose, and the bank that may ask back.
import type Stripe from "stripe";
import { TEST_CARDS } from "./cards";
import { pay } from "./checkout-pay";
import { amountText, cardFieldset, escapeHtml, htmlPage } from "./html";
import type { PageAnswer, PageCall } from "./page-call";
import { find, type World } from "./world";

/** GET shows it; POST pays with `card`, after `authenticated=yes|no` where the bank asked. */
export function checkoutPage(world: World, { id, method, form }: PageCall): PageAnswer {
  const session = find(world, "checkout.session", id);
  if (!session) return { status: 404, html: htmlPage("No such checkout", "") };
  if (session.status === "complete") return { redirect: successUrl(session) };
  if (session.status === "expired") return { status: 410, html: htmlPage("This checkout has expired", "") };
  if (method === "GET") return { status: 200, html: checkoutHtml(session, null) };
  const card = form.get("card") ?? "";
  if (!Object.hasOwn(TEST_CARDS, card)) return { status: 400, html: checkoutHtml(session, "Choose a card.") };
  if (form.get("authenticated") === "no")
    return { status: 402, html: checkoutHtml(session, "We are unable to authenticate your payment method.") };
  const paid = pay(world, session, { card, isAuthenticated: form.get("authenticated") === "yes" });
  if (paid === "complete") return { redirect: successUrl(session) };
  if (paid === "authenticate") return { status: 200, html: bankHtml(card) };
  return { status: 402, html: checkoutHtml(session, "Your card was declined. Try another card.") };
}

function successUrl(session: Stripe.Checkout.Session): string {
  return (session.success_url ?? "/").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}

function checkoutHtml(session: Stripe.Checkout.Session, error: string | null): string {
  const currency = session.currency ?? "usd";
  const rows = (session.line_items?.data ?? []).map(
    ({ description, quantity, amount_total, price }) =>
      `<tr><td>${escapeHtml(description ?? "")} × ${quantity}</td><td>${amountText(amount_total, currency)}${
        price?.recurring ? ` per ${price.recurring.interval}` : ""
      }</td></tr>`,
  );
  const cancel = session.cancel_url
    ? `<p><a href="${escapeHtml(session.cancel_url)}">Back without paying</a></p>`
    : "";
  return htmlPage(
    session.mode === "subscription" ? "Subscribe" : "Pay",
    `${error ? `<p class="error" role="alert">${escapeHtml(error)}</p>` : ""}
<table>${rows.join("")}<tr><td><strong>Due today</strong></td><td><strong>${amountText(
      session.amount_total ?? 0,
      currency,
    )}</strong></td></tr></table>
<form method="post">${cardFieldset()}<button>${session.mode === "subscription" ? "Subscribe" : "Pay"}</button></form>${cancel}`,
  );
}

function bankHtml(card: string): string {
  const button = (answer: string, label: string, look: string) =>
    `<form method="post" class="row"><input type="hidden" name="card" value="${card}">
<input type="hidden" name="authenticated" value="${answer}"><button class="${look}">${label}</button></form>`;
  return htmlPage(
    "3-D Secure",
    `<p>The bank asks whether you make this payment.</p>${button("yes", "Complete authentication", "")}${button(
      "no",
      "Fail authentication",
      "plain",
    )}`,
  );
}
