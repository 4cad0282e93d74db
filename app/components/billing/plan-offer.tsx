import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { ChangePreview } from "../../../server/billing/subscription/change";
import type { PlanItem } from "../../../server/catalogue/plans";
import type { FormFailure } from "../../http.server";
import { Fact } from "./facts";
import { moneyText } from "./words";

interface PlanOfferProps {
  plan: PlanItem;
  interval: "month" | "year";
  /** Null for who subscribes for the first time. */
  preview: { reckoned: ChangePreview | null; refusal: string | null } | null;
  failure: FormFailure | undefined;
}

/** What the chosen plan costs, and the way to it. */
export function PlanOffer({ plan, interval, preview, failure }: PlanOfferProps) {
  const intent = preview === null ? "checkout" : "change";
  const isPending = useNavigation().formData?.get("intent") === intent;
  const quote = preview?.reckoned;
  const price = plan.prices.find((sold) => sold.interval === interval);
  return (
    <Card aria-labelledby="offer" tone="accent">
      <CardHeader id="offer" title={`${plan.name}, paid every ${interval}`} description={seatWords(plan)} />
      <div className="flex flex-col gap-4 border-line border-t px-5 py-5 sm:px-6">
        {failure && <Alert tone="danger">{failure.message}</Alert>}
        {preview?.refusal && <Alert tone="warning">{preview.refusal}</Alert>}
        {quote && <Quote quote={quote} />}
        {preview === null && price && (
          <p>
            ${price.price} for each seat and {interval}. The next page takes your card and shows the whole sum
            before you pay.
            {plan.trialDays > 0 &&
              " There is one free trial for each card: one that has had it pays at once."}
          </p>
        )}
        {preview === null && !price && <p>This plan is not sold by the {interval}.</p>}
        {(quote || (preview === null && price)) && (
          <Form method="post" className="flex flex-wrap gap-3">
            <input type="hidden" name="plan" value={plan.code} />
            <input type="hidden" name="interval" value={interval} />
            {quote && <input type="hidden" name="quotedAt" value={quote.quotedAt} />}
            <Button type="submit" name="intent" value={intent} isPending={isPending}>
              {quote ? "Change the subscription" : "Continue to payment"}
            </Button>
          </Form>
        )}
      </div>
    </Card>
  );
}

function Quote({ quote }: { quote: ChangePreview }) {
  const { lines, currency, dueNowNano, nextInvoice, creditNano, seats, endsTrial } = quote;
  return (
    <>
      <dl className="grid gap-4 sm:grid-cols-3">
        <Fact label="Due now">{moneyText(dueNowNano, currency)}</Fact>
        <Fact label="Seats">{seats}</Fact>
        <Fact label="Next invoice">
          {moneyText(nextInvoice.amountNano, currency)} on <LocalTime value={nextInvoice.at} />
        </Fact>
      </dl>
      {creditNano !== "0" && (
        <p className="text-sm">
          {moneyText(creditNano, currency)} was paid already and goes towards the next invoices.
        </p>
      )}
      {endsTrial && <p className="text-sm">The trial ends with this change.</p>}
      {lines.length > 0 && (
        <ul className="flex flex-col gap-1 text-ink-muted text-sm">
          {lines.map((line, index) => (
            // The order of an invoice's lines is fixed, and two may say the same.
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes while it is shown
            <li key={index} className="flex flex-wrap justify-between gap-x-4">
              <span className="min-w-0 [overflow-wrap:anywhere]">{line.description}</span>
              <span className="tabular-nums">{moneyText(line.amountNano, currency)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function seatWords({ includedSeats, seatMax }: PlanItem): string {
  const least = includedSeats === 1 ? "one seat" : `${includedSeats} seats`;
  return seatMax === null ? `From ${least}.` : `From ${least}, up to ${seatMax}.`;
}
