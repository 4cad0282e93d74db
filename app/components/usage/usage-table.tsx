import type { ReactNode } from "react";
import { FoldingTable } from "~/components/ui/folding-table";
import type { UsageSums } from "../../../server/usage/summary";
import { exactDollars } from "../../../server/wallet/terms";

export interface UsageTableRow {
  key: string;
  name: ReactNode;
  sums: UsageSums;
}

export interface UsageTableProps {
  /** What the first column names. */
  first: string;
  rows: readonly UsageTableRow[];
  /** What the rows leave out. */
  rest: UsageSums | null;
  total: UsageSums;
}

const COLUMNS = ["Messages", "Tokens in", "Tokens out", "Cost", "From reserve"];

/** The numbers behind a chart, with their sum. */
export function UsageTable({ first, rows, rest, total }: UsageTableProps) {
  return (
    <FoldingTable columns={[first, ...COLUMNS]} foldsBelow="md">
      {rows.map(({ key, name, sums }) => (
        <Line key={key} name={name} sums={sums} />
      ))}
      {rest !== null && <Line name="Everything else" sums={rest} />}
      <Line name="Together" sums={total} isTotal />
    </FoldingTable>
  );
}

function Line({ name, sums, isTotal = false }: { name: ReactNode; sums: UsageSums; isTotal?: boolean }) {
  return (
    <tr className={`max-md:block max-md:px-5 max-md:py-3 ${isTotal ? "font-medium" : ""}`}>
      <th
        scope="row"
        className={`max-w-72 py-2.5 [overflow-wrap:anywhere] max-md:block max-md:max-w-none max-md:py-0 md:px-6 ${isTotal ? "font-semibold" : "font-medium"}`}
      >
        {name}
      </th>
      <Cell label="messages" text={sums.messages.toLocaleString("en-US")} />
      <Cell label="tokens in" text={sums.inputTokens.toLocaleString("en-US")} />
      <Cell label="tokens out" text={sums.outputTokens.toLocaleString("en-US")} />
      <Cell label="cost" text={exactDollars(sums.costNano)} />
      <Cell label="from reserve" text={exactDollars(sums.chargedNano)} />
    </tr>
  );
}

function Cell({ label, text }: { label: string; text: string }) {
  return (
    <td className="whitespace-nowrap text-ink-muted tabular-nums max-md:inline-block max-md:pr-4 md:px-3 md:py-2.5">
      {text}
      <span className="md:hidden"> {label}</span>
    </td>
  );
}
