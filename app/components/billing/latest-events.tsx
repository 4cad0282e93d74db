import { Link } from "@remix-run/react";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import type { BillingEvent } from "../../../server/billing/stream/channel";
import { EventRows } from "./event-list";

/** What billing was told last, as a part of another page; nothing where nothing has happened. */
export function LatestEvents({ items }: { items: readonly BillingEvent[] }) {
  if (items.length === 0) return null;
  return (
    <Card aria-labelledby="events" className="overflow-hidden">
      <CardHeader
        id="events"
        title="Latest events"
        action={
          <Link to="events" relative="path" className={buttonClass("secondary", "sm")}>
            All events
          </Link>
        }
      />
      <EventRows items={items} />
    </Card>
  );
}
