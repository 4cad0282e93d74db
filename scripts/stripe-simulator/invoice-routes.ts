// Invoices as the API offers them.
import type Stripe from "stripe";
import type { z } from "zod";
import { attachMethod, usableMethod } from "./cards";
import { cardFailure } from "./charges";
import { change } from "./events";
import { invalid } from "./failure";
import {
  finalizeParameters,
  listLinesParameters,
  listParameters,
  listPaymentsParameters,
  payParameters,
  previewParameters,
} from "./invoice-parameters";
import { preview } from "./invoice-preview";
import { collect, finalize, subscriptionOf, voidInvoice } from "./invoices";
import { isInRange, listPage } from "./lists";
import { nothing } from "./parameters";
import type { Outcome } from "./payments";
import { type Route, route } from "./route";
import { all, get, idOf, type World } from "./world";

export const INVOICE_ROUTES: Route[] = [
  route("POST /v1/invoices/create_preview", previewParameters, ({ world, params }) => preview(world, params)),
  route("GET /v1/invoices", listParameters, ({ world, params }) => {
    const found = all(world, "invoice")
      .filter(({ customer }) => !params.customer || customer === params.customer)
      .filter(({ status }) => !params.status || status === params.status)
      .filter((invoice) => !params.subscription || subscriptionOf(world, invoice)?.id === params.subscription)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/invoices");
  }),
  route("GET /v1/invoices/:id", nothing, ({ world, id }) => get(world, "invoice", id)),
  route("GET /v1/invoices/:id/lines", listLinesParameters, ({ world, params, id }) => {
    const { data } = get(world, "invoice", id).lines;
    return listPage([...data].reverse(), params, `/v1/invoices/${id}/lines`);
  }),
  route("POST /v1/invoices/:id/pay", payParameters, ({ world, params, id }) =>
    pay(world, get(world, "invoice", id), params),
  ),
  route("POST /v1/invoices/:id/finalize", finalizeParameters, ({ world, id }) => {
    const invoice = get(world, "invoice", id);
    if (invoice.status !== "draft") throw invalid("This invoice is already finalized.");
    finalize(world, invoice);
    return invoice;
  }),
  route("POST /v1/invoices/:id/void", nothing, ({ world, id }) => {
    const invoice = openInvoice(world, id);
    voidInvoice(world, invoice);
    return invoice;
  }),
  route("POST /v1/invoices/:id/mark_uncollectible", nothing, ({ world, id }) => {
    const invoice = openInvoice(world, id);
    const changes = { status: "uncollectible" as const, next_payment_attempt: null };
    change(world, invoice, { type: "invoice.marked_uncollectible", changes });
    return invoice;
  }),
  route("GET /v1/invoice_payments", listPaymentsParameters, ({ world, params }) => {
    const intent = params.payment?.payment_intent;
    const found = all(world, "invoice_payment")
      .filter(({ invoice }) => !params.invoice || invoice === params.invoice)
      .filter(({ payment }) => !intent || payment.payment_intent === intent)
      .filter(({ status }) => !params.status || status === params.status)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/invoice_payments");
  }),
  route("GET /v1/invoice_payments/:id", nothing, ({ world, id }) => get(world, "invoice_payment", id)),
];

function openInvoice(world: World, id: string): Stripe.Invoice {
  const invoice = get(world, "invoice", id);
  if (invoice.status !== "open") throw invalid(`This invoice is ${invoice.status}, not open.`);
  return invoice;
}

/** Tries the card now; a refusal is the answer's error. */
function pay(world: World, invoice: Stripe.Invoice, params: z.output<typeof payParameters>): Stripe.Invoice {
  if (invoice.status === "paid") throw invalid("Invoice is already paid");
  if (invoice.status !== "open") throw invalid(`This invoice is ${invoice.status}, not open.`);
  const customer = idOf(invoice.customer ?? "");
  const method = params.payment_method
    ? attachMethod(world, usableMethod(world, params.payment_method, "payment_method"), customer)
    : null;
  const outcome = collect(world, invoice, { paymentMethod: method?.id ?? null });
  if (isRefusal(outcome)) throw cardFailure(outcome);
  return invoice;
}

function isRefusal(
  outcome: Outcome,
): outcome is Exclude<Outcome, "succeeded" | "processing" | "requires_action"> {
  return outcome !== "succeeded" && outcome !== "processing" && outcome !== "requires_action";
}
