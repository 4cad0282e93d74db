import { Link } from "@remix-run/react";
import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { StripeDispatchItem, StripeEventDetail } from "../../../../server/billing/intake/console/event";
import { Fact } from "../fact";
import { STATUS_WORDS } from "./words";

const SOURCES: Record<string, string> = {
  webhook: "Delivered by Stripe",
  reconciler: "Found in Stripe's list of events",
  operator: "Asked for by an operator",
};

/** What is known of an event. */
export function EventFacts({ event }: { event: StripeEventDetail }) {
  const { eventId, objectId, customerId, tenant, createdAt, receivedAt, deliveryCount, source, isLive } =
    event;
  return (
    <Card aria-label="Event">
      <dl className="divide-y divide-line">
        <Fact name="Event">{eventId}</Fact>
        <Fact name="Workspace">
          {tenant ? (
            <Link to={`/admin/billing/accounts/${tenant.id}`} className={TEXT_LINK_CLASS}>
              {tenant.name}
            </Link>
          ) : (
            "None known"
          )}
        </Fact>
        <Fact name="About">{objectId ?? "No object"}</Fact>
        <Fact name="Customer">{customerId ?? "None named"}</Fact>
        <Fact name="Happened">
          <LocalTime value={createdAt} hasTime />
        </Fact>
        <Fact name="Received">
          <LocalTime value={receivedAt} hasTime />. {SOURCES[source]}
          {deliveryCount > 1 && `, ${deliveryCount} times`}.
        </Fact>
        <Fact name="Mode">{isLive ? "Live" : "Test"}</Fact>
      </dl>
    </Card>
  );
}

/** What became of it, handler by handler. */
export function EventDispatches({ dispatches }: { dispatches: readonly StripeDispatchItem[] }) {
  return (
    <Card aria-labelledby="handlers">
      <CardHeader id="handlers" title="What became of it" />
      <ul className="divide-y divide-line border-line border-t">
        {dispatches.map((dispatch) => (
          <Dispatch key={dispatch.id} dispatch={dispatch} />
        ))}
      </ul>
    </Card>
  );
}

function Dispatch({ dispatch }: { dispatch: StripeDispatchItem }) {
  const { handler, status, attempts, nextAt, lastError, doneAt, replayedBy, replayedAt, objectId } = dispatch;
  return (
    <li className="flex flex-col gap-1 px-5 py-4 text-sm sm:px-6">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].label}</Badge>
        <span className="font-medium [overflow-wrap:anywhere]">
          {handler === "none" ? "Nobody handles events of this type" : handler}
        </span>
        {attempts > 0 && (
          <span className="text-ink-muted">{attempts === 1 ? "1 attempt" : `${attempts} attempts`}</span>
        )}
      </p>
      {lastError && <p className="[overflow-wrap:anywhere]">{lastError}</p>}
      <p className="text-ink-muted [overflow-wrap:anywhere]">
        {objectId && `Reads ${objectId} at Stripe. `}
        {doneAt && (
          <>
            Ended <LocalTime value={doneAt} hasTime />.{" "}
          </>
        )}
        {nextAt && (
          <>
            Next attempt <LocalTime value={nextAt} hasTime />.{" "}
          </>
        )}
        {replayedAt && (
          <>
            Replayed <LocalTime value={replayedAt} hasTime /> by {replayedBy ?? "a command"}.
          </>
        )}
      </p>
    </li>
  );
}

/** The event's body; what would open a door at Stripe is left out. */
export function EventPayload({ payload }: { payload: string }) {
  return (
    <Card aria-labelledby="payload">
      <CardHeader
        id="payload"
        title="Payload"
        description="As Stripe sent it, without what opens doors there."
      />
      <pre className="whitespace-pre-wrap border-line border-t px-5 py-4 text-[13px] [overflow-wrap:anywhere] sm:px-6">
        <code>{payload}</code>
      </pre>
    </Card>
  );
}
