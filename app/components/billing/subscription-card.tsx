import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { SubscriptionView } from "../../../server/billing/subscription/view";
import type { CurrentPlan } from "../../../server/catalogue/plans";
import type { FormFailure } from "../../http.server";
import { SubscriptionBadge, SubscriptionFacts, SubscriptionOutlook } from "./subscription-facts";

interface SubscriptionCardProps extends SubscriptionView {
  current: CurrentPlan;
  canManage: boolean;
  failure: FormFailure | undefined;
}

/** What is paid, by what, what comes next, and the ways out of it. */
export function SubscriptionCard({ current, canManage, failure, ...view }: SubscriptionCardProps) {
  const { subscription, paymentMethod, canPay } = view;
  return (
    <Card aria-labelledby="subscription">
      <CardHeader
        id="subscription"
        title={subscription ? `Subscription: ${subscription.plan.name}` : `Plan: ${current.plan.name}`}
        description={
          subscription ? (
            <SubscriptionOutlook subscription={subscription} />
          ) : (
            <WithoutSubscription {...{ current, canPay }} />
          )
        }
        action={subscription && <SubscriptionBadge subscription={subscription} />}
      />
      {subscription && <SubscriptionFacts subscription={subscription} paymentMethod={paymentMethod} />}
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
