import { AddressText } from "~/components/ui/address-text";
import { Badge } from "~/components/ui/badge";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import type { AuditItem } from "../../../server/admin/audit-log";

/** Rows of the audit log, newest first. On phones each row folds into a block. */
export function AuditTable({ entries }: { entries: readonly AuditItem[] }) {
  return (
    <FoldingTable columns={["When", "Action", "Actor", "Target", "From", "Details"]} foldsBelow="lg">
      {entries.map((entry) => (
        <AuditRow key={entry.id} entry={entry} />
      ))}
    </FoldingTable>
  );
}

function AuditRow({ entry }: { entry: AuditItem }) {
  const cell = "align-top [overflow-wrap:anywhere] max-lg:mt-1 max-lg:w-full lg:px-3 lg:py-3";
  return (
    <tr className="max-lg:flex max-lg:flex-wrap max-lg:px-5 max-lg:py-4">
      <td className="whitespace-nowrap align-top text-ink-muted lg:px-6 lg:py-3">
        <LocalTime value={entry.at} hasTime />
      </td>
      <th scope="row" className={`${cell} font-medium lg:whitespace-nowrap`}>
        {entry.action}
        {entry.result === "failure" && (
          <Badge tone="warning" className="ml-2">
            refused
          </Badge>
        )}
        <span className="block font-normal text-ink-muted text-xs">{entry.category}</span>
      </th>
      <td className={cell}>
        <AddressText value={entry.actor} />
        {entry.actorType !== "user" && (
          <span className="block text-ink-muted text-xs">{entry.actorType}</span>
        )}
      </td>
      <td className={`${cell} text-[13px]`}>
        {entry.target && <AddressText value={entry.target} />}
        {entry.targetType && <span className="block text-ink-muted text-xs">{entry.targetType}</span>}
      </td>
      <td className={`${cell} whitespace-nowrap text-ink-muted`} title={entry.userAgent ?? undefined}>
        {entry.ip}
      </td>
      <td className={`${cell} text-[13px] text-ink-muted`}>
        <Details entry={entry} />
      </td>
    </tr>
  );
}

function Details({ entry }: { entry: AuditItem }) {
  return (
    <details>
      <summary className="cursor-pointer whitespace-nowrap">
        Row {entry.seq}
        <span className="sr-only"> of {entry.action}</span>
      </summary>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 [overflow-wrap:anywhere]">
        <dt>Chain</dt>
        <dd>{entry.chain}</dd>
        <dt>Data</dt>
        <dd>
          <code>{entry.metadata}</code>
        </dd>
        {entry.userAgent && (
          <>
            <dt>Browser</dt>
            <dd>{entry.userAgent}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
