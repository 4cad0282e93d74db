const FULL = 100;
const NEARLY = 80;

export interface MeterBarProps {
  /** What is measured. */
  label: string;
  /** How much of the limit is used; may be above 100. */
  percent: number;
}

/** How much of a limit is used, in a colour that says whether it is nearly, or all of it. */
export function MeterBar({ label, percent }: MeterBarProps) {
  const tone = percent >= FULL ? "fill-danger" : percent >= NEARLY ? "fill-warning-ink" : "fill-accent";
  return (
    <svg
      role="img"
      aria-label={`${label}: ${percent} % used`}
      className="mt-2 block h-2 w-full overflow-hidden rounded-full"
    >
      <rect width="100%" height="100%" className="fill-hover" />
      <rect width={`${Math.min(percent, FULL)}%`} height="100%" className={tone} />
    </svg>
  );
}
