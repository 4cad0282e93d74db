import type { BillingEvent } from "../../../server/billing/stream/channel";
import { EventRows } from "./event-list";
import { LatestCard } from "./latest-card";

/** What billing was told last, as a part of another page; nothing where nothing has happened. */
export function LatestEvents({ items }: { items: readonly BillingEvent[] }) {
  if (items.length === 0) return null;
  return (
    <LatestCard page="events" title="Latest events" all="All events">
      <EventRows items={items} />
    </LatestCard>
  );
}
