import { Link, useParams } from "@remix-run/react";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { SubscriptionView } from "../../../server/billing/subscription/view";
import { Fact, Facts } from "./facts";
import { moneyText } from "./words";

export type Subscription = NonNullable<SubscriptionView["subscription"]>;

const STATUS: Record<Subscription["status"], { label: string; tone: BadgeTone }> = {
  trialing: { label: "Trial", tone: "success" },
  active: { label: "Active", tone: "success" },
  past_due: { label: "Payment overdue", tone: "warning" },
  unpaid: { label: "Unpaid", tone: "danger" },
  incomplete: { label: "Waiting for payment", tone: "warning" },
  paused: { label: "Paused", tone: "warning" },
  canceled: { label: "Ended", tone: "secondary" },
  incomplete_expired: { label: "Ended", tone: "secondary" },
};

const GOING = { label: "Cancelled", tone: "secondary" } as const;

export function SubscriptionBadge({ subscription }: { subscription: Subscription }) {
  const { status, isCancelling } = subscription;
  const isGoing = isCancelling && (status === "active" || status === "trialing");
  const { label, tone } = isGoing ? GOING : STATUS[status];
  return <Badge tone={tone}>{label}</Badge>;
}

/** What comes next for a subscription, in a sentence. */
export function SubscriptionOutlook({ subscription }: { subscription: Subscription }) {
  const { endsAt, trialEndsAt, graceEndsAt, status, periodEndAt } = subscription;
  if (graceEndsAt)
    return (
      <>
        A payment failed. Nothing changes until <LocalTime value={graceEndsAt} />; check the payment method,
        and <PayInvoice label="pay the open invoice" /> before then.
      </>
    );
  if (status === "past_due" || status === "unpaid" || status === "paused")
    return (
      <>
        <PayInvoice label="Pay the open invoice" /> to use the plan again.
      </>
    );
  if (endsAt)
    return (
      <>
        Ends on <LocalTime value={endsAt} />; then the workspace is on the free plan.
      </>
    );
  if (trialEndsAt)
    return (
      <>
        Free of charge until <LocalTime value={trialEndsAt} />; the first payment is made then.
      </>
    );
  return (
    <>
      Renews on <LocalTime value={periodEndAt} />.
    </>
  );
}

function PayInvoice({ label }: { label: string }) {
  const { tenant } = useParams();
  return (
    <Link to={`/t/${tenant}/billing/invoices`} className={TEXT_LINK_CLASS}>
      {label}
    </Link>
  );
}

interface SubscriptionFactsProps {
  subscription: Subscription;
  paymentMethod: string | null;
}

/** Seats, the next invoice, and what pays it. */
export function SubscriptionFacts({ subscription, paymentMethod }: SubscriptionFactsProps) {
  const { seats, unitPriceNano, currency, interval, nextInvoice } = subscription;
  return (
    <Facts>
      <Fact label="Seats">
        {seats} at {moneyText(unitPriceNano, currency)} a {interval}
      </Fact>
      <Fact label="Next invoice">
        {nextInvoice ? (
          <>
            {moneyText(nextInvoice.amountNano, currency)} on <LocalTime value={nextInvoice.at} />
          </>
        ) : (
          "None"
        )}
      </Fact>
      <Fact label="Payment method">{paymentMethod ?? "None saved"}</Fact>
    </Facts>
  );
}
