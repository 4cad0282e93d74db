import { Badge, type BadgeTone } from "~/components/ui/badge";
import { LocalTime } from "~/components/ui/local-time";
import type { GrantItem } from "../../../server/support-access/items";
import { SUPPORT_SCOPE_LABELS, type SupportGrantState } from "../../../server/support-access/terms";

const STATES: Record<SupportGrantState, [label: string, tone: BadgeTone]> = {
  pending: ["Waiting", "warning"],
  live: ["Live", "success"],
  expired: ["Ran out", "secondary"],
  declined: ["Declined", "secondary"],
  ended: ["Ended", "secondary"],
  withdrawn: ["Withdrawn", "secondary"],
  lapsed: ["Lapsed", "secondary"],
};

/** How long, in words. */
export function hoursLabel(hours: number): string {
  return hours === 1 ? "1 hour" : `${hours} hours`;
}

/** Who asked for what, why, and what became of it. */
export function GrantText({ grant }: { grant: GrantItem }) {
  const [label, tone] = STATES[grant.state];
  return (
    <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        {grant.operatorName} <Badge tone={tone}>{label}</Badge>
      </p>
      <p className="text-ink-muted">
        Asked <LocalTime value={grant.askedAt} hasTime /> · {SUPPORT_SCOPE_LABELS[grant.wantedScope]} ·{" "}
        {hoursLabel(grant.wantedHours)}
      </p>
      <p className="mt-2 max-w-2xl whitespace-pre-line">{grant.reason}</p>
      <Outcome grant={grant} />
    </div>
  );
}

function Outcome({ grant }: { grant: GrantItem }) {
  const { decidedAt, decidedBy, endedAt, endedBy, scope, until } = grant;
  if (decidedAt === null && endedAt === null) return null;
  return (
    <p className="mt-2 text-ink-muted">
      {decidedAt !== null && (
        <>
          {scope === null ? "Declined" : `Approved (${SUPPORT_SCOPE_LABELS[scope].toLowerCase()})`} by{" "}
          {decidedBy ?? "somebody who left"}
          {scope !== null && until !== null && (
            <>
              {" "}
              until <LocalTime value={until} hasTime />
            </>
          )}
          .{" "}
        </>
      )}
      {endedAt !== null && (
        <>
          {grant.state === "withdrawn" ? "Withdrawn" : "Ended"} by {endedBy ?? "somebody who left"},{" "}
          <LocalTime value={endedAt} hasTime />.
        </>
      )}
    </p>
  );
}
