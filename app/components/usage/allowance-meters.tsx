import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { MeterBar } from "~/components/ui/meter-bar";
import type { AllowanceMeter, Allowances } from "../../../server/usage/meters";

const METER_NAMES = { message: "Messages", input_token: "Input tokens", output_token: "Output tokens" };
const SPAN_NAMES = { period: "this period", day: "today" };
const FULL = 100;

/** What the plan includes, and how much of it is used. */
export function AllowanceMeters({ allowances }: { allowances: Allowances }) {
  const { plan, period, meters } = allowances;
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
      <ul className="grid gap-x-8 gap-y-5 border-line border-t px-5 py-5 sm:grid-cols-2 sm:px-6 lg:grid-cols-3">
        {meters.map((meter) => (
          <Meter key={`${meter.meter}-${meter.span}`} meter={meter} />
        ))}
      </ul>
    </Card>
  );
}

function Meter({ meter }: { meter: AllowanceMeter }) {
  const { used, limit, percent, span } = meter;
  const name = `${METER_NAMES[meter.meter]} ${SPAN_NAMES[span]}`;
  return (
    <li>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-ink-muted tabular-nums">
          {grouped(used)} of {limit === null ? "any number" : grouped(limit)}
        </span>
      </p>
      {percent !== null && <MeterBar label={name} percent={percent} />}
      <p className="mt-1.5 text-[13px] text-ink-muted">{consequenceOf(meter)}</p>
    </li>
  );
}

function consequenceOf({ limit, percent, onExceed }: AllowanceMeter): string {
  if (limit === null) return "Not limited by the plan.";
  const isUsed = percent !== null && percent >= FULL;
  if (onExceed === "use_reserve") return isUsed ? "Used up: the reserve pays." : "Then the reserve pays.";
  return isUsed ? "Used up: calls are refused." : "Then calls are refused.";
}

function grouped(count: string): string {
  return count.replace(/\B(?=(\d{3})+$)/g, ",");
}
