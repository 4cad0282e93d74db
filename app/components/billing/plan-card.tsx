import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { MeterBar } from "~/components/ui/meter-bar";
import type { CurrentPlan, PlanItem } from "../../../server/catalogue/plans";
import type { Allowance } from "../../../server/wallet/limits/allowances";
import type { FormFailure } from "../../http.server";
import { PlanForm } from "./plan-form";
import { grouped, METER_NOUNS } from "./words";

interface PlanCardProps {
  current: CurrentPlan;
  allowances: readonly Allowance[];
  plans: readonly PlanItem[];
  canManage: boolean;
  failure: FormFailure | undefined;
}

const STANDINGS = {
  trialing: "Trial",
  active: "Active",
  past_due: "Payment overdue",
  suspended: "Suspended",
};

/** The plan, until when it stands, and what of its allowances is used. */
export function PlanCard({ current, allowances, plans, canManage, failure }: PlanCardProps) {
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
      <ul className="grid gap-5 border-line border-t px-5 py-5 sm:grid-cols-2 sm:px-6">
        {allowances.map((allowance) => (
          <AllowanceBar key={`${allowance.meter} ${allowance.span}`} allowance={allowance} />
        ))}
        {allowances.length === 0 && (
          <li className="text-ink-muted text-sm">Nothing is limited by the plan.</li>
        )}
      </ul>
      {canManage && <PlanForm plans={plans} present={plan.code} failure={failure} />}
    </Card>
  );
}

function AllowanceBar({ allowance }: { allowance: Allowance }) {
  const { meter, span, used, limit, percent, onExceed } = allowance;
  const label = `${METER_NOUNS[meter]} ${span === "day" ? "today" : "this month"}`;
  return (
    <li className="text-sm">
      <p className="flex flex-wrap justify-between gap-x-3">
        <span className="font-medium first-letter:uppercase">{label}</span>
        <span className="text-ink-muted tabular-nums">
          {grouped(used)} of {grouped(limit)}
        </span>
      </p>
      <MeterBar label={label} percent={percent} />
      <p className="mt-1.5 text-[13px] text-ink-muted">
        {onExceed === "block"
          ? "Then calls wait for the next period."
          : "Then calls are paid from the reserve."}
      </p>
    </li>
  );
}
