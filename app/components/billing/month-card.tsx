import type { ReactNode } from "react";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { MeterBar } from "~/components/ui/meter-bar";
import type { LimitsView } from "../../../server/wallet/limits/limits";
import { exactDollars, roundDollars } from "../../../server/wallet/terms";
import { Fact, Facts } from "./facts";

interface MonthCardProps {
  limits: LimitsView;
  action?: ReactNode;
}

/** What was spent this month, against the limit, and where it leads. */
export function MonthCard({ limits, action }: MonthCardProps) {
  const { own, period, spentNano, monthlyCapNano, forecastNano } = limits;
  const isAll = spentNano !== null;
  const spent = spentNano ?? own.spentNano;
  const cap = monthlyCapNano ?? own.monthlyCapNano;
  return (
    <Card aria-labelledby="month">
      <CardHeader
        id="month"
        title={isAll ? "Spent this month" : "What you spent this month"}
        description={
          <>
            Charged to the reserve from <LocalTime value={period.startAt} /> until{" "}
            <LocalTime value={period.endAt} />; then it begins anew.
          </>
        }
        action={action}
      />
      <Facts>
        <Fact label="Spent">
          <span title={exactDollars(spent)} className="font-semibold text-2xl">
            {roundDollars(spent)}
          </span>
        </Fact>
        <Fact label={isAll ? "Limit" : "Your limit"}>{cap === "0" ? "None" : roundDollars(cap)}</Fact>
        {isAll && (
          <Fact label="Forecast for the whole month">
            {forecastNano === null ? "Too early to say" : roundDollars(forecastNano)}
            {forecastNano !== null && cap !== "0" && BigInt(forecastNano) > BigInt(cap) && (
              <span className="block text-[13px] text-warning-ink">More than the limit</span>
            )}
          </Fact>
        )}
      </Facts>
      {cap !== "0" && (
        <div className="px-5 pb-5 sm:px-6">
          <MeterBar label="The limit" percent={Number((BigInt(spent) * 100n) / BigInt(cap))} />
        </div>
      )}
    </Card>
  );
}
