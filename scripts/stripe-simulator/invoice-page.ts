// The hosted page of an invoice, its PDF, and the receipt of a charge.
import type Stripe from "stripe";
import { attachMethod, makeMethod, TEST_CARDS } from "./cards";
import { amountText, cardFieldset, escapeHtml, htmlPage } from "./html";
import { collect } from "./invoices";
import type { PageAnswer, PageCall } from "./page-call";
import { textPdf } from "./pdf";
import { find, idOf, type World } from "./world";

/** `/invoices/:id` shows it and takes a payment; `/invoices/:id/pdf` is the paper. */
export function invoicePage(world: World, { id, rest, method, form }: PageCall): PageAnswer {
  const invoice = find(world, "invoice", id);
  if (!invoice) return { status: 404, html: htmlPage("No such invoice", "") };
  if (rest === "pdf") return { status: 200, pdf: textPdf(linesOf(invoice)) };
  if (method === "GET" || invoice.status !== "open") return { status: 200, html: invoiceHtml(invoice, null) };
  const card = form.get("card") ?? "";
  if (!Object.hasOwn(TEST_CARDS, card)) return { status: 400, html: invoiceHtml(invoice, "Choose a card.") };
  const payment = attachMethod(world, makeMethod(world, card), idOf(invoice.customer ?? ""));
  // Whoever pays here is at hand: their bank is answered with the click.
  const outcome = collect(world, invoice, { paymentMethod: payment.id, isAuthenticated: true });
  const isTaken = outcome === "succeeded" || outcome === "processing";
  const error = isTaken ? null : "Your card was declined. Try another card.";
  return { status: isTaken ? 200 : 402, html: invoiceHtml(invoice, error) };
}

export function receiptPage(world: World, { id }: PageCall): PageAnswer {
  const charge = find(world, "charge", id);
  if (!charge) return { status: 404, html: htmlPage("No such receipt", "") };
  const text = `<p>Paid ${amountText(charge.amount, charge.currency)} on ${dayOf(charge.created)}.</p>`;
  return { status: 200, html: htmlPage("Receipt", text) };
}

function invoiceHtml(invoice: Stripe.Invoice, error: string | null): string {
  const rows = invoice.lines.data.map(
    ({ description, amount }) =>
      `<tr><td>${escapeHtml(description ?? "")}</td><td>${amountText(amount, invoice.currency)}</td></tr>`,
  );
  const form =
    invoice.status === "open" ? `<form method="post">${cardFieldset()}<button>Pay</button></form>` : "";
  return htmlPage(
    `Invoice ${invoice.number ?? ""}`,
    `${error ? `<p class="error" role="alert">${escapeHtml(error)}</p>` : ""}
<p>${dayOf(invoice.created)}, ${invoice.status}</p>
<table>${rows.join("")}<tr><td><strong>Due</strong></td><td><strong>${amountText(
      invoice.amount_due,
      invoice.currency,
    )}</strong></td></tr></table>
${form}<p><a href="/invoices/${invoice.id}/pdf">Download as PDF</a></p>`,
  );
}

function linesOf(invoice: Stripe.Invoice): string[] {
  return [
    `Invoice ${invoice.number ?? ""} (simulated)`,
    `${dayOf(invoice.created)}, ${invoice.status}`,
    invoice.customer_name ?? invoice.customer_email ?? "",
    "",
    ...invoice.lines.data.map(
      ({ description, amount }) => `${amountText(amount, invoice.currency).padEnd(14)} ${description ?? ""}`,
    ),
    "",
    `${amountText(invoice.amount_due, invoice.currency).padEnd(14)} Due`,
  ];
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
