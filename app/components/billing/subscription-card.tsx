import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { SubscriptionView } from "../../../server/billing/subscription/view";
import type { CurrentPlan } from "../../../server/catalogue/plans";
import type { FormFailure } from "../../http.server";
import { moneyText } from "./words";

type Subscription = NonNullable<SubscriptionView["subscription"]>;

interface SubscriptionCardProps extends SubscriptionView {
  current: CurrentPlan;
  canManage: boolean;
  failure: FormFailure | undefined;
}

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

/** What is paid, by what, what comes next, and the ways out of it. */
export function SubscriptionCard({ current, canManage, failure, ...view }: SubscriptionCardProps) {
  const { subscription, paymentMethod, canPay } = view;
  const status = subscription && STATUS[subscription.status];
  return (
    <Card aria-labelledby="subscription">
      <CardHeader
        id="subscription"
        title={subscription ? `Subscription: ${subscription.plan.name}` : `Plan: ${current.plan.name}`}
        description={
          subscription ? (
            <Outlook subscription={subscription} />
          ) : (
            <WithoutSubscription {...{ current, canPay }} />
          )
        }
        action={status && <Badge tone={status.tone}>{status.label}</Badge>}
      />
      {subscription && <Facts subscription={subscription} paymentMethod={paymentMethod} />}
      {canManage && <Deeds {...view} current={current} failure={failure} />}
    </Card>
  );
}

function WithoutSubscription({ current, canPay }: { current: CurrentPlan; canPay: boolean }) {
  if (!canPay) return <>Payments are not set up here.</>;
  if (!current.trialEndsAt) return <>No subscription, and nothing to pay.</>;
  return (
    <>
      The trial ends on <LocalTime value={current.trialEndsAt} />. Subscribe before then to keep the plan;
      what is left of the trial stays free.
    </>
  );
}

function Outlook({ subscription }: { subscription: Subscription }) {
  const { endsAt, trialEndsAt, graceEndsAt, status, periodEndAt } = subscription;
  if (endsAt)
    return (
      <>
        Ends on <LocalTime value={endsAt} />; then the workspace is on the free plan.
      </>
    );
  if (graceEndsAt)
    return (
      <>
        A payment failed. Nothing changes until <LocalTime value={graceEndsAt} />; check the payment method
        before then.
      </>
    );
  if (status === "unpaid" || status === "paused") return <>Pay the open invoice to use the plan again.</>;
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

function Facts({
  subscription,
  paymentMethod,
}: {
  subscription: Subscription;
  paymentMethod: string | null;
}) {
  const { seats, unitPriceNano, currency, interval, nextInvoice } = subscription;
  return (
    <dl className="grid gap-4 border-line border-t px-5 py-5 sm:grid-cols-3 sm:px-6">
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
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-ink-muted">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

type DeedsProps = SubscriptionView & { current: CurrentPlan; failure: FormFailure | undefined };

function Deeds({ subscription, allows, hasCustomer, canPay, current, failure }: DeedsProps) {
  const isFreeOffered = subscription === null && current.plan.code !== "free";
  const hasPortal = canPay && hasCustomer && allows.portal;
  const canCancel = subscription !== null && !subscription.isCancelling && allows.cancellation;
  if (!isFreeOffered && !hasPortal && !canCancel && !subscription?.isCancelling) return null;
  return (
    <div className="flex flex-col gap-3 border-line border-t px-5 py-5 sm:px-6">
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <div className="flex flex-wrap gap-3">
        {hasPortal && (
          <>
            <Deed intent="portal" label="Change the payment method" flow="payment_method" />
            <Deed intent="portal" label="Open the payment portal" />
          </>
        )}
        {subscription?.isCancelling && <Deed intent="resume" label="Keep the subscription" isMain />}
        {canCancel && <Deed intent="cancel" label="Cancel at the end of the period" />}
        {isFreeOffered && <Deed intent="free" label="Switch to the free plan" />}
      </div>
    </div>
  );
}

interface DeedProps {
  intent: string;
  label: string;
  flow?: string;
  isMain?: boolean;
}

function Deed({ intent, label, flow, isMain = false }: DeedProps) {
  const { formData } = useNavigation();
  const isPending = formData?.get("intent") === intent && (formData.get("flow") ?? undefined) === flow;
  return (
    <Form method="post" preventScrollReset>
      {flow && <input type="hidden" name="flow" value={flow} />}
      <Button
        type="submit"
        name="intent"
        value={intent}
        variant={isMain ? "primary" : "secondary"}
        isPending={isPending}
      >
        {label}
      </Button>
    </Form>
  );
}
