import { scaleBand, scaleLinear } from "@visx/scale";
import type { UsageRow } from "../../../server/usage/summary";
import { roundDollars } from "../../../server/wallet/terms";
import { useWidth } from "./use-width";

const HEIGHT = 200;
const MARGIN = { top: 12, right: 0, bottom: 24, left: 64 };
const TICKS = 4;
/** A day's name needs this much room. */
const LABEL_WIDTH = 72;

/** What each day cost, as columns. Its table stands beside it; a screen reader is told of the whole alone. */
export function DayChart({ rows }: { rows: readonly UsageRow[] }) {
  const { element, width } = useWidth<HTMLDivElement>(640);
  const top = Math.max(...rows.map(({ costNano }) => Number(costNano)), 1);
  const x = scaleBand({ domain: rows.map(({ key }) => key), range: [MARGIN.left, width], padding: 0.2 });
  const y = scaleLinear({ domain: [0, top], range: [HEIGHT - MARGIN.bottom, MARGIN.top], nice: TICKS });
  const every = Math.max(1, Math.ceil(rows.length / Math.max(1, (width - MARGIN.left) / LABEL_WIDTH)));
  return (
    <div ref={element} className="px-5 pb-5 sm:px-6">
      <svg
        role="img"
        aria-label="Cost of each day, as columns; the numbers stand in the table"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        className="block w-full overflow-visible text-ink-muted"
      >
        {y.ticks(TICKS).map((tick) => (
          <g key={tick} transform={`translate(0 ${y(tick)})`}>
            <line x1={MARGIN.left} x2={width} className="stroke-line" />
            <text x={MARGIN.left - 8} dy="0.32em" textAnchor="end" className="fill-current text-[11px]">
              {roundDollars(BigInt(Math.round(tick)))}
            </text>
          </g>
        ))}
        {rows.map(({ key, costNano }, index) => (
          <g key={key}>
            <rect
              x={x(key)}
              y={y(Number(costNano))}
              width={x.bandwidth()}
              height={HEIGHT - MARGIN.bottom - y(Number(costNano))}
              rx={Math.min(3, x.bandwidth() / 4)}
              className="fill-accent"
            >
              <title>{`${key}: ${roundDollars(costNano)}`}</title>
            </rect>
            {index % every === 0 && (
              <text x={x(key)} y={HEIGHT - 6} className="fill-current text-[11px]">
                {shortDay(key)}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "21 Nov" of "2026-11-21". */
function shortDay(day: string): string {
  const [, month = "1", date = "1"] = day.split("-");
  return `${Number(date)} ${MONTHS[Number(month) - 1]}`;
}
