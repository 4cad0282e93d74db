import { useFetcher, useRevalidator } from "@remix-run/react";
import { History } from "lucide-react";
import { type MouseEvent, useEffect, useMemo, useState } from "react";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import type { BillingEvent } from "../../../server/billing/stream/channel";
import { wordsOf } from "./event-words";
import { useBillingLive } from "./use-billing-live";

interface EventPage {
  items: BillingEvent[];
  nextCursor: string | null;
  lastEventId: string;
}

interface EventListProps extends EventPage {
  isFirst: boolean;
}

/** What billing was told: the page that was read, what is told meanwhile, and what is older; each event once. */
export function EventList({ items, nextCursor, lastEventId, isFirst }: EventListProps) {
  const [live, setLive] = useState<BillingEvent[]>([]);
  const older = useOlder(nextCursor);
  const { revalidate } = useRevalidator();
  const beginAnew = () => {
    setLive([]);
    older.forget();
    revalidate();
  };
  // An older page does not join what happens now. After a reset neither does what was read before: something lies between.
  const { isLive } = useBillingLive(lastEventId, (event) => {
    if (!isFirst) return;
    if (event.type === "reset") beginAnew();
    else setLive((known) => [...known, event]);
  });
  const shown = useMemo(() => mergedBySeq(items, live, older.items), [items, live, older.items]);
  return (
    <Card aria-labelledby="events" className="overflow-hidden">
      <CardHeader
        id="events"
        title="Events"
        description="What has happened to the subscription, invoices and the reserve, newest first."
        action={isLive && isFirst && <Badge tone="success">Live</Badge>}
      />
      {shown.length === 0 ? (
        <EmptyState
          icon={<History />}
          title="Nothing has happened yet"
          description="Payments, invoices and changes of the plan appear here as they happen."
        />
      ) : (
        <EventRows items={shown} />
      )}
      {older.nextCursor !== null && (
        <div className="flex justify-end border-line border-t px-5 py-3 sm:px-6">
          <a
            href={`?cursor=${older.nextCursor}`}
            rel="next"
            onClick={older.load}
            aria-disabled={older.isLoading}
            className={buttonClass("secondary", "sm")}
          >
            {older.isLoading ? "Loading…" : "Load older"}
          </a>
        </div>
      )}
    </Card>
  );
}

/** Events one below the other; those that come are read out. */
export function EventRows({ items }: { items: readonly BillingEvent[] }) {
  return (
    <ol aria-live="polite" className="divide-y divide-line border-line border-t">
      {items.map((event) => (
        <EventRow key={event.seq} event={event} />
      ))}
    </ol>
  );
}

function EventRow({ event }: { event: BillingEvent }) {
  const { title, detail } = wordsOf(event);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-5 py-3 text-sm sm:px-6">
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium">{title}</span>
        <span className="block text-ink-muted">{detail}</span>
      </div>
      <span className="whitespace-nowrap text-ink-muted">
        <LocalTime value={event.createdAt} hasTime />
      </span>
    </li>
  );
}

// Without JavaScript the way to older events is a link to their page; with it they are added to this one.
function useOlder(firstCursor: string | null) {
  const fetcher = useFetcher<EventPage>();
  const [pages, setPages] = useState<EventPage[]>([]);
  const { data, state } = fetcher;
  useEffect(() => {
    if (data) setPages((known) => (known.includes(data) ? known : [...known, data]));
  }, [data]);
  const last = pages.at(-1);
  const nextCursor = last ? last.nextCursor : firstCursor;
  return {
    items: pages.flatMap(({ items }) => items),
    nextCursor,
    isLoading: state !== "idle",
    forget: () => setPages([]),
    load: (click: MouseEvent) => {
      if (click.metaKey || click.ctrlKey || click.shiftKey) return;
      click.preventDefault();
      if (state === "idle") fetcher.load(`?cursor=${nextCursor}`);
    },
  };
}

/** All of them by number, newest first, each once. */
export function mergedBySeq(...lists: readonly (readonly BillingEvent[])[]): BillingEvent[] {
  const bySeq = new Map(lists.flat().map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}
