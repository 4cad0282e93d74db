import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import type { ReserveBalance } from "../../../server/wallet/reserve/account";
import { exactDollars, roundDollars } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";
import { TopUpForm } from "./top-up-form";

interface BalanceCardProps {
  balance: ReserveBalance;
  canTopUp: boolean;
  failure: FormFailure | undefined;
}

/** What the reserve holds, and what of it is spoken for. */
export function BalanceCard({ balance, canTopUp, failure }: BalanceCardProps) {
  const { balanceNano, heldNano, isLow, isInUse } = balance;
  const free = BigInt(balanceNano) - BigInt(heldNano);
  return (
    <Card aria-labelledby="reserve">
      <CardHeader
        id="reserve"
        title="Reserve"
        description="Pays for what the plan does not cover."
        action={isLow && isInUse && <Badge tone="warning">Low</Badge>}
      />
      <dl className="grid gap-4 border-line border-t px-5 py-5 sm:grid-cols-3 sm:px-6">
        <Amount label="Balance" nano={balanceNano} isLarge />
        <Amount label="Held for calls under way" nano={heldNano} />
        <Amount label="Free to spend" nano={free} />
      </dl>
      {canTopUp && <TopUpForm failure={failure} />}
    </Card>
  );
}

function Amount({
  label,
  nano,
  isLarge = false,
}: {
  label: string;
  nano: string | bigint;
  isLarge?: boolean;
}) {
  return (
    <div>
      <dt className="text-[13px] text-ink-muted">{label}</dt>
      <dd
        title={exactDollars(nano)}
        className={isLarge ? "font-semibold text-2xl tabular-nums" : "text-base tabular-nums"}
      >
        {roundDollars(nano)}
      </dd>
    </div>
  );
}
