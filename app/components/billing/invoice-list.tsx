import { FileText } from "lucide-react";
import { LogTurn } from "~/components/audit/log-turn";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { InvoiceItem } from "../../../server/billing/subscription/view";
import { LatestCard } from "./latest-card";
import { moneyText } from "./words";

interface InvoiceListProps {
  items: readonly InvoiceItem[];
  nextCursor: string | null;
  isFirst: boolean;
}

const STATUS: Record<string, { label: string; tone: BadgeTone }> = {
  open: { label: "Open", tone: "warning" },
  paid: { label: "Paid", tone: "success" },
  uncollectible: { label: "Not collected", tone: "danger" },
  void: { label: "Void", tone: "secondary" },
};

/** What was billed, newest first, with the ways to pay it and to keep it. */
export function InvoiceList({ items, nextCursor, isFirst }: InvoiceListProps) {
  return (
    <Card aria-labelledby="invoices" className="overflow-hidden">
      <CardHeader id="invoices" title="Invoices" description="What was billed for the subscription." />
      {items.length === 0 ? (
        <EmptyState
          icon={<FileText />}
          title="No invoices yet"
          description="They appear here with the first payment for a plan."
        />
      ) : (
        <InvoiceTable items={items} />
      )}
      <LogTurn nextCursor={nextCursor} isFirst={isFirst} />
    </Card>
  );
}

/** Those that were billed last, as a part of another page; nothing where nothing was billed. */
export function LatestInvoices({ items }: Pick<InvoiceListProps, "items">) {
  if (items.length === 0) return null;
  return (
    <LatestCard page="invoices" title="Latest invoices" all="All invoices">
      <InvoiceTable items={items} />
    </LatestCard>
  );
}

function InvoiceTable({ items }: Pick<InvoiceListProps, "items">) {
  return (
    <FoldingTable columns={["Invoice", "Date", "Amount", "Status"]} hasActions foldsBelow="md">
      {items.map((item) => (
        <InvoiceRow key={item.id} item={item} />
      ))}
    </FoldingTable>
  );
}

const CELL = "max-md:block max-md:px-5 md:px-3 md:py-3";

function InvoiceRow({ item }: { item: InvoiceItem }) {
  const { number, createdAt, periodStartAt, periodEndAt, totalNano, currency, status, hostedUrl, pdfUrl } =
    item;
  const { label, tone } = STATUS[status] ?? { label: status, tone: "secondary" };
  return (
    <tr className="max-md:block max-md:py-3">
      <th scope="row" className="px-5 text-left font-normal max-md:block md:px-6 md:py-3">
        <span className="font-medium [overflow-wrap:anywhere]">{number ?? "Without number"}</span>
        {periodStartAt && periodEndAt && (
          <span className="block text-ink-muted">
            <LocalTime value={periodStartAt} /> to <LocalTime value={periodEndAt} />
          </span>
        )}
      </th>
      <td className={`${CELL} whitespace-nowrap text-ink-muted`}>
        <LocalTime value={createdAt} />
      </td>
      <td className={`${CELL} whitespace-nowrap tabular-nums`}>{moneyText(totalNano, currency)}</td>
      <td className={CELL}>
        <Badge tone={tone}>{label}</Badge>
      </td>
      <td className="max-md:block max-md:px-5 max-md:pt-2 md:px-6 md:py-3 md:text-right">
        <span className="inline-flex flex-wrap gap-x-4 gap-y-2">
          {hostedUrl && (
            <a href={hostedUrl} rel="noreferrer" className={TEXT_LINK_CLASS}>
              {status === "open" ? "Pay" : "View"}
              <span className="sr-only"> invoice {number}</span>
            </a>
          )}
          {pdfUrl && (
            <a href={pdfUrl} rel="noreferrer" className={TEXT_LINK_CLASS}>
              PDF<span className="sr-only"> of invoice {number}</span>
            </a>
          )}
        </span>
      </td>
    </tr>
  );
}
