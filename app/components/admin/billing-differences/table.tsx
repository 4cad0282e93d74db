import { Form, Link, useNavigation } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { DifferenceItem } from "../../../../server/billing/compare/list";
import type { DifferenceKind } from "../../../../server/billing/terms";
import { KIND_WORDS } from "./words";

const COLUMNS = ["Difference", "Workspace", "Here", "Compared with", "Since"];
/** Compared with the ledger rather than with Stripe. */
const OF_LEDGER: readonly DifferenceKind[] = ["balance", "payment_books"];
const CELL = "align-top [overflow-wrap:anywhere] max-lg:mt-1 max-lg:w-full lg:px-3 lg:py-3";

export interface DifferenceTableProps {
  differences: readonly DifferenceItem[];
  mayRepair: boolean;
}

/** Differences, newest first. On phones each row folds into a block. */
export function DifferenceTable({ differences, mayRepair }: DifferenceTableProps) {
  return (
    <FoldingTable columns={COLUMNS} hasActions foldsBelow="lg">
      {differences.map((difference) => (
        <DifferenceRow key={difference.id} difference={difference} mayRepair={mayRepair} />
      ))}
    </FoldingTable>
  );
}

function DifferenceRow({ difference, mayRepair }: { difference: DifferenceItem; mayRepair: boolean }) {
  const { kind, objectId, tenantId, tenantName, ours, theirs, foundAt } = difference;
  return (
    <tr className="max-lg:flex max-lg:flex-wrap max-lg:px-5 max-lg:py-4">
      <th
        scope="row"
        className="align-top font-normal [overflow-wrap:anywhere] max-lg:w-full lg:px-6 lg:py-3"
      >
        <span className="font-medium">{KIND_WORDS[kind]}</span>
        {objectId !== tenantId && <span className="block text-ink-muted text-xs">{objectId}</span>}
      </th>
      <td className={CELL}>
        {tenantName === null ? (
          <span className="text-ink-muted">None known</span>
        ) : (
          <Link to={`/admin/billing/accounts/${tenantId}`} className={TEXT_LINK_CLASS}>
            {tenantName}
          </Link>
        )}
      </td>
      <td className={CELL}>
        <span className="text-ink-muted lg:hidden">Here: </span>
        {ours ?? "not there"}
      </td>
      <td className={CELL}>
        {!OF_LEDGER.includes(kind) && <span className="text-ink-muted">Stripe: </span>}
        {theirs ?? "not there"}
      </td>
      <td className={`${CELL} text-ink-muted`}>
        <span className="lg:hidden">Since </span>
        <LocalTime value={foundAt} hasTime />
      </td>
      <td className={`${CELL} lg:w-56 lg:px-6`}>
        <Repair difference={difference} mayRepair={mayRepair} />
      </td>
    </tr>
  );
}

function Repair({ difference, mayRepair }: { difference: DifferenceItem; mayRepair: boolean }) {
  const { id, byHand, repair, repairNote, resolvedAt, resolvedBy } = difference;
  const isPending = useNavigation().formData?.get("differenceId") === id;
  if (resolvedAt !== null)
    return (
      <span className="text-[13px] text-ink-muted">
        Over since <LocalTime value={resolvedAt} hasTime />
        {resolvedBy === null ? ", by itself" : `, repaired by ${resolvedBy}`}
      </span>
    );
  if (byHand !== null) return <span className="block text-[13px] text-ink-muted">{byHand}</span>;
  if (repair === "asked") return <Badge tone="accent">Being repaired</Badge>;
  return (
    <Form method="post" className="flex flex-col items-start gap-2 max-lg:mt-2">
      {repairNote !== null && <span className="text-[13px]">{repairNote}</span>}
      {mayRepair && (
        <>
          <input type="hidden" name="differenceId" value={id} />
          <Button
            type="submit"
            name="intent"
            value="repair"
            variant="secondary"
            size="sm"
            isPending={isPending}
            aria-label={`Repair: ${KIND_WORDS[difference.kind]}, ${difference.objectId}`}
          >
            {repair === "failed" ? "Try again" : "Repair"}
          </Button>
        </>
      )}
    </Form>
  );
}
