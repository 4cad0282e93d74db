import { Link } from "@remix-run/react";
import { Card, CardHeader } from "~/components/ui/card";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { RowChange } from "../../../../server/billing/intake/console/preview";
import type { ReplayItem } from "../../../../server/billing/intake/console/replay";

/** What a dry run says would be written, handler by handler. */
export function DryRun({ items }: { items: readonly ReplayItem[] }) {
  return (
    <Card aria-labelledby="dry-run" tone="accent">
      <CardHeader
        id="dry-run"
        title="Dry run"
        description="Nothing was written. This is what a replay would do now."
      />
      {items.length === 0 && <p className="px-5 pb-5 text-sm sm:px-6">No event fits.</p>}
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.eventId + item.handler} className="flex flex-col gap-2 px-5 py-4 text-sm sm:px-6">
            <p className="[overflow-wrap:anywhere]">
              <Link
                to={`/admin/billing/events/${encodeURIComponent(item.eventId)}`}
                className={TEXT_LINK_CLASS}
              >
                {item.type}
              </Link>
              {item.handler !== "none" && `, ${item.handler}`}: {item.note}
            </p>
            {item.changes.map((change) => (
              <Change key={change.table + change.row} change={change} />
            ))}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const KINDS: Record<RowChange["kind"], string> = { added: "New", changed: "Changed", removed: "Removed" };

function Change({ change: { table, kind, row, fields } }: { change: RowChange }) {
  return (
    <div className="rounded-md border border-line">
      <table className="w-full table-fixed text-left text-[13px]">
        <caption className="px-3 py-2 text-left text-ink-muted [overflow-wrap:anywhere]">
          {KINDS[kind]} in {table}: {row}
        </caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-line border-t">
          {fields.map(({ name, before, after }) => (
            <tr key={name} className="align-top">
              <th scope="row" className="px-3 py-1.5 font-normal text-ink-muted [overflow-wrap:anywhere]">
                {name}
              </th>
              <td className="px-3 py-1.5 [overflow-wrap:anywhere]">
                {before === null ? <span className="text-ink-muted">none</span> : <del>{before}</del>}
              </td>
              <td className="px-3 py-1.5 [overflow-wrap:anywhere]">
                {after === null ? (
                  <span className="text-ink-muted">none</span>
                ) : (
                  <ins className="no-underline">{after}</ins>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
