import { useParams } from "@remix-run/react";
import { ReceiptText } from "lucide-react";
import { LogTurn } from "~/components/audit/log-turn";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import type { LedgerItem } from "../../../server/wallet/reserve/entries";
import { exactDollars } from "../../../server/wallet/terms";
import { LEDGER_WORDS } from "./words";

interface LedgerCardProps {
  items: readonly LedgerItem[];
  nextCursor: string | null;
  isFirst: boolean;
  canDownload: boolean;
}

/** Every entry that made the balance what it is, newest first. */
export function LedgerCard({ items, nextCursor, isFirst, canDownload }: LedgerCardProps) {
  const { tenant } = useParams();
  return (
    <Card aria-labelledby="ledger" className="overflow-hidden">
      <CardHeader
        id="ledger"
        title="Ledger"
        description="Every entry of the reserve. None is ever changed; their sum is the balance."
        action={
          canDownload && (
            // A download is a request of its own, not a page.
            <a href={`/t/${tenant}/billing/ledger`} download className={buttonClass("secondary", "sm")}>
              Download CSV
            </a>
          )
        }
      />
      {items.length === 0 ? (
        <EmptyState
          icon={<ReceiptText />}
          title="Nothing has been booked"
          description="Top-ups, credits and calls that the reserve pays for appear here."
        />
      ) : (
        <FoldingTable columns={["What", "When", "Amount", "Balance after"]} foldsBelow="md">
          {items.map((item) => (
            <Entry key={item.seq} item={item} />
          ))}
        </FoldingTable>
      )}
      <LogTurn nextCursor={nextCursor} isFirst={isFirst} />
    </Card>
  );
}

const CELL = "max-md:block max-md:px-5 md:px-3 md:py-3";

function Entry({ item }: { item: LedgerItem }) {
  const { kind, reason, actorName, createdAt, amountNano, balanceAfterNano } = item;
  const isCredit = !amountNano.startsWith("-");
  return (
    <tr className="max-md:block max-md:py-3">
      <th scope="row" className="px-5 text-left font-normal max-md:block md:px-6 md:py-3">
        <span className="font-medium">{LEDGER_WORDS[kind]}</span>
        <span className="block text-ink-muted [overflow-wrap:anywhere]">
          {[actorName && `by ${actorName}`, reason].filter(Boolean).join(": ")}
        </span>
      </th>
      <td className={`${CELL} whitespace-nowrap text-ink-muted`}>
        <LocalTime value={createdAt} hasTime />
      </td>
      <td className={`${CELL} whitespace-nowrap tabular-nums ${isCredit ? "text-success-ink" : ""}`}>
        {isCredit && "+"}
        {exactDollars(amountNano)}
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-muted tabular-nums`}>
        <span className="md:hidden">Balance after </span>
        {exactDollars(balanceAfterNano)}
      </td>
    </tr>
  );
}
