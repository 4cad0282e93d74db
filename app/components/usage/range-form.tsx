import { Form, Link } from "@remix-run/react";
import { Button, buttonClass } from "~/components/ui/button";
import { DayRangeFields } from "~/components/ui/day-range-fields";

const DAY_MS = 86_400_000;
const PRESETS = [7, 30, 90] as const;

export interface RangeFormProps {
  from: string;
  to: string;
  /** Today in UTC, so that server and browser offer the same days. */
  today: string;
}

/** Which days are shown: one of the usual spans, or any two days. */
export function RangeForm({ from, to, today }: RangeFormProps) {
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <Form
        key={`${from} ${to}`}
        method="get"
        role="search"
        aria-label="Days"
        className="flex flex-wrap items-end gap-3"
      >
        <DayRangeFields from={from} to={to} isRequired />
        <Button type="submit" variant="secondary">
          Show
        </Button>
      </Form>
      <nav aria-label="Usual spans" className="flex flex-wrap gap-1">
        {PRESETS.map((days) => {
          const first = new Date(Date.parse(today) - (days - 1) * DAY_MS).toISOString().slice(0, 10);
          const isShown = from === first && to === today;
          return (
            <Link
              key={days}
              to={`?from=${first}&to=${today}`}
              aria-current={isShown ? "true" : undefined}
              className={buttonClass(isShown ? "secondary" : "ghost", "sm")}
            >
              {days} days
            </Link>
          );
        })}
      </nav>
    </div>
  );
}
