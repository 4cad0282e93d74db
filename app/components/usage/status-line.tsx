import { classNames } from "~/components/ui/class-names";
import type { StatusBar } from "../../../server/usage/status-bar";
import { shortCount } from "../../../server/usage/terms";
import { roundDollars } from "../../../server/wallet/terms";
import { useStatus } from "./use-status";

export interface StatusLineProps {
  tenantSlug: string;
  seed: StatusBar;
  /** The page fills the window: on phones its own foot needs the room. */
  isFullHeight: boolean;
}

const UNKNOWN = "—";

/** What is in the reserve, what was used this month and what runs, at the foot of every page of a workspace. */
export function StatusLine({ tenantSlug, seed, isFullHeight }: StatusLineProps) {
  const { status, updated } = useStatus(tenantSlug, seed);
  return (
    <section
      aria-label="Status"
      className={classNames(
        "shrink-0 border-line border-t bg-canvas px-4 py-1.5 text-ink-muted text-xs sm:px-6",
        isFullHeight && "max-md:hidden",
      )}
    >
      <dl className="flex flex-wrap gap-x-5 gap-y-1 tabular-nums">
        {seed.reserveBalanceNano !== null && (
          <Item label="Reserve">{status === null ? UNKNOWN : <Balance status={status} />}</Item>
        )}
        <Item label="Tokens in" value={status && shortCount(status.tokensIn)} />
        <Item label="Tokens out" value={status && shortCount(status.tokensOut)} />
        <Item label="Running" value={status && String(status.jobsRunning)} />
        <Item label="Updated">{updated}</Item>
      </dl>
    </section>
  );
}

function Item({
  label,
  value,
  children,
}: {
  label: string;
  value?: string | null;
  children?: React.ReactNode;
}) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-ink-faint">{label}</dt>
      <dd>{children ?? value ?? UNKNOWN}</dd>
    </div>
  );
}

const LEVELS = {
  red: { className: "text-danger-ink", dot: "bg-danger", text: "used up" },
  yellow: { className: "text-warning-ink", dot: "bg-warning-ink", text: "low" },
  green: { className: "text-success-ink", dot: "bg-success-ink", text: "enough" },
  none: { className: "", dot: "bg-line-strong", text: "never filled" },
};

function Balance({ status }: { status: StatusBar }) {
  const nano = BigInt(status.reserveBalanceNano ?? "0");
  const level = LEVELS[levelOf(nano, status.isLowBalance)];
  return (
    <span className={classNames("inline-flex items-center gap-1.5 font-medium", level.className)}>
      <span aria-hidden="true" className={classNames("size-1.5 rounded-full", level.dot)} />
      {roundDollars(nano)}
      <span className="sr-only">, {level.text}</span>
    </span>
  );
}

// A reserve that was never filled is at zero without being low.
function levelOf(nano: bigint, isLow: boolean): keyof typeof LEVELS {
  if (nano <= 0n) return nano === 0n && !isLow ? "none" : "red";
  return isLow ? "yellow" : "green";
}
