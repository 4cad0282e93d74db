import { exactDollars, roundDollars } from "../../../server/wallet/terms";

/** An amount to the cent, exactly when pointed at; what is owed stands out. */
export function Amount({ nano }: { nano: string }) {
  const isOwed = nano.startsWith("-");
  return (
    <span title={exactDollars(nano)} className={isOwed ? "text-danger-ink tabular-nums" : "tabular-nums"}>
      {roundDollars(nano)}
    </span>
  );
}
