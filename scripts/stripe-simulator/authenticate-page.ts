// The page of the bank: a payment that waits for its owner's yes.
import { afterPayment } from "./after-payment";
import { amountText, escapeHtml, htmlPage } from "./html";
import type { PageAnswer, PageCall } from "./page-call";
import { confirm, refuse } from "./payments";
import { find, type World } from "./world";

/** GET asks; POST with `authenticated=yes|no` answers and sends the person back. */
export function authenticatePage(world: World, { id, method, form, query }: PageCall): PageAnswer {
  const intent = find(world, "payment_intent", id);
  if (!intent) return { status: 404, html: htmlPage("No such payment", "") };
  const back = new URL(query.get("return_url") ?? world.url);
  back.searchParams.set("payment_intent", id);
  if (intent.status !== "requires_action") return { redirect: back.href };
  if (method === "GET") return { status: 200, html: askHtml(amountText(intent.amount, intent.currency)) };
  const outcome =
    form.get("authenticated") === "yes"
      ? confirm(world, intent, { isOffSession: false, isAuthenticated: true })
      : "authentication_required";
  if (outcome === "authentication_required") refuse(world, intent, outcome);
  afterPayment(world, intent, outcome);
  return { redirect: back.href };
}

function askHtml(amount: string): string {
  const button = (answer: string, label: string, look: string) =>
    `<form method="post" class="row"><button class="${look}" name="authenticated" value="${answer}">${label}</button></form>`;
  return htmlPage(
    "3-D Secure",
    `<p>The bank asks whether you pay ${escapeHtml(amount)}.</p>${button("yes", "Complete authentication", "")}${button(
      "no",
      "Fail authentication",
      "plain",
    )}`,
  );
}
