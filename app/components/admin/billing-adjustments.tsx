import { Form, Link } from "@remix-run/react";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { NamedAdjustment } from "../../../server/wallet/adjustments";
import type { AdjustmentState } from "../../../server/wallet/terms";
import { Amount } from "./billing-amount";

const STATES: Record<AdjustmentState, [label: string, tone: BadgeTone]> = {
  pending: ["Waits for a second person", "warning"],
  booked: ["Booked", "success"],
  rejected: ["Turned down", "secondary"],
};
const NOBODY = "somebody who left";

export interface AdjustmentListProps {
  adjustments: readonly NamedAdjustment[];
  /** Who looks: their own they may take back and not approve. Null for who may decide nothing. */
  deciderId: string | null;
}

/** Adjustments with their reasons, who asked and who decided; those that wait can be decided. */
export function AdjustmentList({ adjustments, deciderId }: AdjustmentListProps) {
  return (
    <ul className="divide-y divide-line border-line border-t">
      {adjustments.map((adjustment) => (
        <li
          key={adjustment.id}
          className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6"
        >
          <Story adjustment={adjustment} />
          {deciderId !== null && adjustment.state === "pending" && (
            <Decision adjustment={adjustment} isOwn={adjustment.requestedBy === deciderId} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Story({ adjustment }: { adjustment: NamedAdjustment }) {
  const { tenantId, tenantName, amountNano, reason, state, requester, decider } = adjustment;
  const [label, tone] = STATES[state];
  return (
    <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-2">
        <strong className="font-semibold">
          <Amount nano={amountNano} />
        </strong>
        <Link to={`/admin/billing/accounts/${tenantId}`} className={TEXT_LINK_CLASS}>
          {tenantName}
        </Link>
        <Badge tone={tone}>{label}</Badge>
      </p>
      <p className="mt-1">{reason}</p>
      <p className="mt-1 text-ink-muted">
        Asked for by {requester ?? NOBODY}, <LocalTime value={adjustment.createdAt} hasTime />
        {adjustment.decidedBy && (
          <>
            {" · "}
            {state === "booked" ? "approved" : "turned down"} by {decider ?? NOBODY}
          </>
        )}
      </p>
    </div>
  );
}

function Decision({ adjustment, isOwn }: { adjustment: NamedAdjustment; isOwn: boolean }) {
  const { id, tenantId, tenantName } = adjustment;
  return (
    <Form method="post" className="flex flex-wrap gap-2">
      <input type="hidden" name="tenantId" value={tenantId} />
      <input type="hidden" name="adjustmentId" value={id} />
      {!isOwn && (
        <Button
          type="submit"
          name="intent"
          value="approve"
          size="sm"
          aria-label={`Approve the adjustment of ${tenantName}`}
        >
          Approve
        </Button>
      )}
      <Button
        type="submit"
        name="intent"
        value="reject"
        variant="secondary"
        size="sm"
        aria-label={
          isOwn ? `Take back the adjustment of ${tenantName}` : `Turn down the adjustment of ${tenantName}`
        }
      >
        {isOwn ? "Take back" : "Turn down"}
      </Button>
    </Form>
  );
}
