import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { MeterBar } from "~/components/ui/meter-bar";
import type { CurrentPlan } from "../../../server/catalogue/plans";
import type { Allowance } from "../../../server/wallet/limits/allowances";
import { grouped } from "../billing/words";

const METER_NAMES = { message: "Messages", input_token: "Input tokens", output_token: "Output tokens" };
const SPAN_NAMES = { period: "this period", day: "today" };
const FULL = 100;

interface AllowancesProps {
  allowances: readonly Allowance[];
}

/** What the plan includes, and how much of it is used. */
export function AllowanceMeters({ current, allowances }: AllowancesProps & { current: CurrentPlan }) {
  const { plan, period } = current;
  return (
    <Card aria-labelledby="allowances">
      <CardHeader
        id="allowances"
        title={`Included in ${plan.name}`}
        description={
          <>
            <LocalTime value={period.startAt} /> to <LocalTime value={period.endAt} />
          </>
        }
      />
      <AllowanceList allowances={allowances} />
    </Card>
  );
}

/** A bar for each allowance of a plan. */
export function AllowanceList({ allowances }: AllowancesProps) {
  return (
    <ul className="grid gap-x-8 gap-y-5 border-line border-t px-5 py-5 sm:grid-cols-2 sm:px-6 lg:grid-cols-3">
      {allowances.map((allowance) => (
        <Meter key={`${allowance.meter}-${allowance.span}`} allowance={allowance} />
      ))}
      {allowances.length === 0 && <li className="text-ink-muted text-sm">Nothing is limited by the plan.</li>}
    </ul>
  );
}

function Meter({ allowance }: { allowance: Allowance }) {
  const { meter, used, limit, percent, span } = allowance;
  const name = `${METER_NAMES[meter]} ${SPAN_NAMES[span]}`;
  return (
    <li>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm sm:flex-col">
        <span className="font-medium">{name}</span>
        <span className="text-ink-muted tabular-nums">
          {grouped(used)} of {limit === null ? "any number" : grouped(limit)}
        </span>
      </p>
      {percent !== null && <MeterBar label={name} percent={percent} />}
      <p className="mt-1.5 text-[13px] text-ink-muted">{consequenceOf(allowance)}</p>
    </li>
  );
}

function consequenceOf({ limit, percent, onExceed }: Allowance): string {
  if (limit === null) return "Not limited by the plan.";
  const isUsed = percent !== null && percent >= FULL;
  if (onExceed === "use_reserve") return isUsed ? "Used up: the reserve pays." : "Then the reserve pays.";
  return isUsed ? "Used up: calls are refused." : "Then calls are refused.";
}
