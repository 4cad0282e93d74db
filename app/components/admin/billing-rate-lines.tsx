import { FoldingTable } from "~/components/ui/folding-table";
import type { RateDifference, RatePrice } from "../../../server/catalogue/rates/cards";
import { UNIT_LABELS } from "./billing-words";

const CELL = "max-md:px-5 md:px-3";
const FIRST = "py-2.5 font-normal [overflow-wrap:anywhere] max-md:block max-md:px-5 max-md:pb-0 md:px-6";

/** The prices of one version. */
export function RateLines({ lines, currency }: { lines: readonly RatePrice[]; currency: string }) {
  return (
    <FoldingTable columns={["Item", "Unit", "Price"]} foldsBelow="md">
      {lines.map((line) => (
        <tr key={`${line.item} ${line.unit}`} className="max-md:block max-md:pb-2.5">
          <th scope="row" className={FIRST}>
            {line.item}
          </th>
          <td className={`${CELL} text-ink-muted max-md:block`}>{unitLabel(line.unit)}</td>
          <td className={`${CELL} tabular-nums max-md:block`}>{priceText(line, currency)}</td>
        </tr>
      ))}
    </FoldingTable>
  );
}

/** What a draft changes, old beside new. */
export function RateDifferences({
  differences,
  currency,
}: {
  differences: readonly RateDifference[];
  currency: string;
}) {
  if (differences.length === 0)
    return (
      <p className="px-5 pb-5 text-ink-muted text-sm sm:px-6">No price differs from the newest version.</p>
    );
  return (
    <FoldingTable columns={["Item", "Unit", "Before", "After"]} foldsBelow="md">
      {differences.map(({ item, unit, before, after }) => (
        <tr key={`${item} ${unit}`} className="max-md:block max-md:pb-2.5">
          <th scope="row" className={FIRST}>
            {item}
          </th>
          <td className={`${CELL} text-ink-muted max-md:block`}>{unitLabel(unit)}</td>
          <td className={`${CELL} text-ink-muted tabular-nums max-md:block`}>
            <span className="md:hidden">Before: </span>
            {before ? priceText(before, currency) : "no price"}
          </td>
          <td className={`${CELL} font-medium tabular-nums max-md:block`}>
            <span className="font-normal md:hidden">After: </span>
            {after ? priceText(after, currency) : "no price"}
          </td>
        </tr>
      ))}
    </FoldingTable>
  );
}

function priceText({ price, per }: RatePrice, currency: string): string {
  return `${price} ${currency} per ${per === 1 ? "unit" : per.toLocaleString("en-US")}`;
}

function unitLabel(unit: string): string {
  return UNIT_LABELS[unit] ?? unit;
}
