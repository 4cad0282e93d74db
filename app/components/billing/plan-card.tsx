import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { AllowanceList } from "~/components/usage/allowance-meters";
import type { CurrentPlan } from "../../../server/catalogue/plans";
import type { Allowance } from "../../../server/wallet/limits/allowances";

interface PlanCardProps {
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

/** The plan, until when it stands, and what of its allowances is used. */
export function PlanCard({ current, allowances, canManage }: PlanCardProps) {
  const { plan, standing, trialEndsAt, graceEndsAt, period } = current;
  const isWell = standing === "active" || standing === "trialing";
  return (
    <Card aria-labelledby="plan">
      <CardHeader
        id="plan"
        title={`Plan: ${plan.name}`}
        description={
          <>
            {trialEndsAt && (
              <>
                The trial ends on <LocalTime value={trialEndsAt} />; then the workspace is on the free plan.{" "}
              </>
            )}
            {graceEndsAt && (
              <>
                Pay by <LocalTime value={graceEndsAt} /> to keep the plan.{" "}
              </>
            )}
            This month's allowances begin anew on <LocalTime value={period.endAt} />.
          </>
        }
        action={<Badge tone={isWell ? "success" : "warning"}>{STANDINGS[standing]}</Badge>}
      />
      <AllowanceList allowances={allowances} />
      {canManage && (
        <p className="border-line border-t px-5 py-4 sm:px-6">
          <Link to="plan" relative="path" className={buttonClass("secondary")}>
            Change the plan
          </Link>
        </p>
      )}
    </Card>
  );
}
