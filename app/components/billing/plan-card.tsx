import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { AllowanceList } from "~/components/usage/allowance-meters";
import type { SubscriptionView } from "../../../server/billing/subscription/view";
import type { CurrentPlan } from "../../../server/catalogue/plans";
import type { Allowance } from "../../../server/wallet/limits/allowances";
import { Fact, Facts } from "./facts";
import { SubscriptionBadge, SubscriptionFacts, SubscriptionOutlook } from "./subscription-facts";

interface PlanCardProps extends Pick<SubscriptionView, "subscription" | "paymentMethod" | "canPay"> {
  current: CurrentPlan;
  allowances: readonly Allowance[];
  canManage: boolean;
}

const STANDINGS = {
  trialing: "Trial",
  active: "Active",
  past_due: "Payment overdue",
  suspended: "Suspended",
};

/** The plan, what is paid for it and when, and what of its allowances is used. */
export function PlanCard(props: PlanCardProps) {
  const { current, allowances, canManage, subscription, paymentMethod, canPay } = props;
  return (
    <Card aria-labelledby="plan">
      <CardHeader
        id="plan"
        title={`Plan: ${current.plan.name}`}
        description={
          <>
            {subscription ? (
              <SubscriptionOutlook subscription={subscription} />
            ) : (
              <Unpaid current={current} />
            )}{" "}
            This month's allowances begin anew on <LocalTime value={current.period.endAt} />.
          </>
        }
        action={<Standing {...props} />}
      />
      {subscription ? (
        <SubscriptionFacts {...{ subscription, paymentMethod }} />
      ) : (
        <SeatsTaken {...{ current, paymentMethod }} />
      )}
      <AllowanceList allowances={allowances} />
      {canManage && (
        <p className="border-line border-t px-5 py-4 sm:px-6">
          <Link to="plan" relative="path" className={buttonClass("secondary")}>
            {canPay && !subscription ? "Choose a plan" : "Change the plan"}
          </Link>
        </p>
      )}
    </Card>
  );
}

// What the workspace may use is decided by its plan; only where that is in order does the subscription say more.
function Standing({ current: { standing }, subscription }: PlanCardProps) {
  const isWell = standing === "active" || standing === "trialing";
  if (isWell && subscription) return <SubscriptionBadge subscription={subscription} />;
  return <Badge tone={isWell ? "success" : "warning"}>{STANDINGS[standing]}</Badge>;
}

function Unpaid({ current: { trialEndsAt, graceEndsAt } }: { current: CurrentPlan }) {
  return (
    <>
      {trialEndsAt && (
        <>
          The trial ends on <LocalTime value={trialEndsAt} />; then the workspace is on the free plan.
        </>
      )}
      {graceEndsAt && (
        <>
          Pay by <LocalTime value={graceEndsAt} /> to keep the plan.
        </>
      )}
    </>
  );
}

function SeatsTaken({ current: { seats }, paymentMethod }: Pick<PlanCardProps, "current" | "paymentMethod">) {
  const { used, limit } = seats;
  return (
    <Facts>
      <Fact label="Seats">{limit === null ? `${used} taken` : `${used} of ${limit} taken`}</Fact>
      <Fact label="Next invoice">None</Fact>
      <Fact label="Payment method">{paymentMethod ?? "None saved"}</Fact>
    </Facts>
  );
}
