import type { ReactNode } from "react";
import { classNames } from "./class-names";

export interface FoldingTableProps {
  /** The first column names the row. */
  columns: readonly string[];
  /** Whether a last column holds what can be done with a row. */
  hasActions?: boolean;
  /** Below this width each row folds into a block, and the heading is for screen readers. */
  foldsBelow: "md" | "lg";
  children: ReactNode;
}

/** A list as a table, whose rows fold into blocks on narrow screens. */
export function FoldingTable({ columns, hasActions = false, foldsBelow, children }: FoldingTableProps) {
  const [first, ...others] = columns;
  return (
    <table className="w-full text-left text-sm">
      <thead
        className={classNames(
          "border-line border-b text-ink-muted text-xs",
          foldsBelow === "md" ? "max-md:sr-only" : "max-lg:sr-only",
        )}
      >
        <tr>
          <th scope="col" className="px-6 py-2.5 font-medium">
            {first}
          </th>
          {others.map((column) => (
            <th key={column} scope="col" className="whitespace-nowrap px-3 py-2.5 font-medium">
              {column}
            </th>
          ))}
          {hasActions && (
            <th scope="col" className="px-6 py-2.5">
              <span className="sr-only">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">{children}</tbody>
    </table>
  );
}
