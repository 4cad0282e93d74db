import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { CurrencyTotals, HoldTotals } from "../../../server/admin/billing/reserves";
import { Amount } from "./billing-amount";
import { Fact } from "./fact";

/** What all reserves hold together, and what of it is spoken for. */
export function BillingTotals({ totals, holds }: { totals: readonly CurrencyTotals[]; holds: HoldTotals }) {
  return (
    <Card aria-labelledby="totals">
      <CardHeader
        id="totals"
        title="Reserves"
        description="Of all workspaces together."
        action={
          // A download is a request of its own, not a page.
          <a href="/admin/ledger/export.csv" download className={buttonClass("secondary", "sm")}>
            Download ledgers
          </a>
        }
      />
      <dl className="divide-y divide-line border-line border-t">
        {totals.map((total) => (
          <Total key={total.currency} total={total} />
        ))}
        <Fact name="Open holds">
          <Link to="/admin/billing/holds" className={TEXT_LINK_CLASS}>
            {holds.open} open
          </Link>{" "}
          for <Amount nano={holds.amountNano} />
          {holds.oldestAt && (
            <>
              , the oldest since <LocalTime value={holds.oldestAt} hasTime />
            </>
          )}
          {holds.stuck > 0 && (
            <Badge tone="danger" className="ml-2">
              {holds.stuck} stuck
            </Badge>
          )}
        </Fact>
      </dl>
    </Card>
  );
}

function Total({ total }: { total: CurrencyTotals }) {
  const { currency, accounts, balanceNano, heldNano, negativeCount, lowCount } = total;
  return (
    <Fact name={currency}>
      <strong className="font-semibold">
        <Amount nano={balanceNano} />
      </strong>{" "}
      in {accounts} {accounts === 1 ? "account" : "accounts"}, <Amount nano={heldNano} /> of it held
      <span className="mt-1 block text-ink-muted">
        {negativeCount} below zero, {lowCount} low
      </span>
    </Fact>
  );
}
