import type { ReactNode } from "react";
import { Card, CardHeader } from "~/components/ui/card";
import type { UsageSums } from "../../../server/usage/summary";
import { shortCount } from "../../../server/usage/terms";
import { exactDollars, roundDollars } from "../../../server/wallet/terms";

/** The sums of the days that are shown. */
export function UsageTotals({ total, action }: { total: UsageSums; action: ReactNode }) {
  const { costNano, chargedNano, messages, inputTokens, outputTokens } = total;
  return (
    <Card aria-labelledby="totals">
      <CardHeader id="totals" title="Together" action={action} />
      <dl className="grid grid-cols-2 gap-4 border-line border-t px-5 py-5 sm:px-6 lg:grid-cols-4">
        <Fact label="Cost" value={roundDollars(costNano)} title={exactDollars(costNano)} />
        <Fact
          label="Paid from the reserve"
          value={roundDollars(chargedNano)}
          title={exactDollars(chargedNano)}
        />
        <Fact label="Messages" value={shortCount(messages)} title={messages.toLocaleString("en-US")} />
        <Fact
          label="Tokens in / out"
          value={`${shortCount(inputTokens)} / ${shortCount(outputTokens)}`}
          title={`${inputTokens.toLocaleString("en-US")} / ${outputTokens.toLocaleString("en-US")}`}
        />
      </dl>
    </Card>
  );
}

function Fact({ label, value, title }: { label: string; value: string; title: string }) {
  return (
    <div>
      <dt className="text-[13px] text-ink-muted">{label}</dt>
      <dd title={title} className="font-semibold text-lg tabular-nums [overflow-wrap:anywhere]">
        {value}
      </dd>
    </div>
  );
}
