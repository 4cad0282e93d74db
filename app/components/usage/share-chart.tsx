import { scaleBand, scaleLinear } from "@visx/scale";
import { roundDollars } from "../../../server/wallet/terms";
import { useWidth } from "./use-width";

export interface Share {
  key: string;
  name: string;
  costNano: string;
}

const ROW = 40;
/** More bars than this say no more than the table does. */
const BARS_MAX = 8;
const LETTER_WIDTH = 7;

/** Who or what cost the most, as bars. Its table stands beside it. */
export function ShareChart({ label, shares }: { label: string; shares: readonly Share[] }) {
  const { element, width } = useWidth<HTMLDivElement>(400);
  const shown = shares.slice(0, BARS_MAX);
  const height = shown.length * ROW;
  const top = Math.max(...shown.map(({ costNano }) => Number(costNano)), 1);
  const x = scaleLinear({ domain: [0, top], range: [0, width] });
  const y = scaleBand({ domain: shown.map(({ key }) => key), range: [0, height] });
  return (
    <div ref={element} className="px-5 pb-5 sm:px-6">
      <svg
        role="img"
        aria-label={`${label}, as bars; the numbers stand in the table`}
        viewBox={`0 0 ${width} ${height}`}
        className="block w-full text-ink"
      >
        {shown.map(({ key, name, costNano }) => (
          <g key={key} transform={`translate(0 ${y(key)})`}>
            <text y={14} className="fill-current text-[13px]">
              {cut(name, width * 0.7)}
            </text>
            <text x={width} y={14} textAnchor="end" className="fill-current text-[13px] tabular-nums">
              {roundDollars(costNano)}
            </text>
            <rect y={21} width={width} height={8} rx={4} className="fill-hover" />
            <rect y={21} width={Math.max(2, x(Number(costNano)))} height={8} rx={4} className="fill-accent" />
          </g>
        ))}
      </svg>
    </div>
  );
}

function cut(name: string, width: number): string {
  const letters = [...name];
  const most = Math.max(8, Math.floor(width / LETTER_WIDTH));
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join("")}…`;
}
