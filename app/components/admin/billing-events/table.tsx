import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { StripeEventItem } from "../../../../server/billing/intake/console/events";
import { STATUS_WORDS } from "./words";

/** Stripe's events, newest first. On phones each row folds into a block. */
export function EventTable({ events }: { events: readonly StripeEventItem[] }) {
  return (
    <FoldingTable columns={["Event", "Workspace", "Received", "What became of it"]} foldsBelow="lg">
      {events.map((event) => (
        <EventRow key={event.eventId} event={event} />
      ))}
    </FoldingTable>
  );
}

function EventRow({ event }: { event: StripeEventItem }) {
  const { eventId, type, tenantId, tenantName, receivedAt, deliveryCount, dispatches } = event;
  const cell = "align-top [overflow-wrap:anywhere] max-lg:mt-1 max-lg:w-full lg:px-3 lg:py-3";
  return (
    <tr className="max-lg:flex max-lg:flex-wrap max-lg:px-5 max-lg:py-4">
      <th
        scope="row"
        className="align-top font-normal [overflow-wrap:anywhere] max-lg:w-full lg:px-6 lg:py-3"
      >
        <Link
          to={`/admin/billing/events/${encodeURIComponent(eventId)}`}
          className={`${TEXT_LINK_CLASS} font-medium`}
        >
          {type}
        </Link>
        <span className="block text-ink-muted text-xs">{eventId}</span>
      </th>
      <td className={cell}>
        {tenantId === null ? (
          <span className="text-ink-muted">None known</span>
        ) : (
          <Link to={`/admin/billing/accounts/${tenantId}`} className={TEXT_LINK_CLASS}>
            {tenantName ?? "A workspace that is no more"}
          </Link>
        )}
      </td>
      <td className={`${cell} text-ink-muted`}>
        <LocalTime value={receivedAt} hasTime />
        {deliveryCount > 1 && <span className="block text-xs">{deliveryCount} deliveries</span>}
      </td>
      <td className={cell}>
        <ul className="flex flex-col gap-1">
          {dispatches.map(({ handler, status, lastError }) => (
            <li key={handler} className="text-[13px]">
              <Badge tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].label}</Badge>
              {handler !== "none" && <span className="ml-2 text-ink-muted">{handler}</span>}
              {lastError && <span className="mt-0.5 block text-ink-muted">{lastError}</span>}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}
