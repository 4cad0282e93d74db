import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { FoldingTable } from "~/components/ui/folding-table";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { ReserveItem } from "../../../server/admin/billing/reserves";
import { Amount } from "./billing-amount";
import { POLICY_LABELS } from "./billing-words";

const COLUMNS = ["Workspace", "Balance", "Held", "Plan", "When it is low"];

/** Workspaces with what they have, one a row. On phones each row folds into a block. */
export function ReserveTable({ reserves }: { reserves: readonly ReserveItem[] }) {
  const cell = "whitespace-nowrap max-lg:mt-1 lg:px-3";
  return (
    <FoldingTable columns={COLUMNS} foldsBelow="lg">
      {reserves.map(({ tenantId, name, slug, plan, balanceNano, heldNano, policy, isLow }) => (
        <tr
          key={tenantId}
          className="max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-4 max-lg:px-5 max-lg:py-4"
        >
          <th scope="row" className="py-3.5 font-normal max-lg:w-full max-lg:py-0 lg:px-6">
            <Link
              to={`/admin/billing/accounts/${tenantId}`}
              className={`${TEXT_LINK_CLASS} font-medium [overflow-wrap:anywhere]`}
            >
              {name}
            </Link>
            <span className="block text-ink-muted [overflow-wrap:anywhere]">{slug}</span>
          </th>
          <td className={cell}>
            <Amount nano={balanceNano} />
            {isLow && (
              <Badge tone="warning" className="ml-2">
                Low
              </Badge>
            )}
          </td>
          <td className={`${cell} text-ink-muted`}>
            <span className="lg:hidden">Held </span>
            <Amount nano={heldNano} />
          </td>
          <td className={`${cell} text-ink-muted capitalize`}>{plan ?? "None"}</td>
          <td className={`${cell} text-ink-muted`}>{POLICY_LABELS[policy]}</td>
        </tr>
      ))}
    </FoldingTable>
  );
}
