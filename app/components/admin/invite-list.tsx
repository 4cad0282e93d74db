import { Form, Link } from "@remix-run/react";
import { Button } from "~/components/ui/button";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { InviteItem } from "../../../server/signup/operator-invites";

const OUTCOMES: Record<InviteItem["attempts"][number]["outcome"], string> = {
  used: "signed up",
  let_go: "did not go through",
  held: "is under way",
  ran_out: "was given up",
};

export interface InviteListProps {
  invites: readonly InviteItem[];
  /** Whether the audit trail may be opened. */
  hasTrail: boolean;
}

/** Invites with whom they are for, what became of them, and every try to use them. */
export function InviteList({ invites, hasTrail }: InviteListProps) {
  return (
    <ul className="divide-y divide-line">
      {invites.map((invite) => (
        <li key={invite.id} className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6">
          <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
            <p className="font-medium">
              {invite.email ?? "For whoever has it"}{" "}
              <code className="ml-1 font-normal text-[13px] text-ink-muted">…{invite.hint}</code>
            </p>
            {invite.note && <p className="mt-0.5">{invite.note}</p>}
            {invite.tenant && <p className="mt-0.5 text-ink-muted">Joins {invite.tenant}</p>}
            <p className="mt-0.5 text-ink-muted">
              Made <LocalTime value={invite.createdAt} /> by {invite.createdBy ?? "a command"} ·{" "}
              <Fate invite={invite} />
            </p>
            <Attempts attempts={invite.attempts} />
            {hasTrail && (
              <Link
                to={`/admin/audit-logs?target=${invite.id}`}
                className={`${TEXT_LINK_CLASS} mt-1 inline-block`}
              >
                Audit trail
              </Link>
            )}
          </div>
          {invite.state === "active" && <RevokeForm invite={invite} />}
        </li>
      ))}
    </ul>
  );
}

function Fate({ invite }: { invite: InviteItem }) {
  if (invite.usedAt) {
    return (
      <>
        used <LocalTime value={invite.usedAt} hasTime /> by {invite.usedBy ?? "somebody who left"}
      </>
    );
  }
  if (invite.revokedAt) {
    return (
      <>
        revoked <LocalTime value={invite.revokedAt} hasTime /> by {invite.revokedBy ?? "a command"}
      </>
    );
  }
  return (
    <>
      {invite.state === "expired" ? "expired" : "valid until"} <LocalTime value={invite.expiresAt} hasTime />
    </>
  );
}

function Attempts({ attempts }: Pick<InviteItem, "attempts">) {
  if (attempts.length === 0) return null;
  return (
    <details className="mt-1 text-ink-muted">
      <summary className="cursor-pointer">
        {attempts.length === 1
          ? "One sign-up was begun with it"
          : `${attempts.length} sign-ups were begun with it`}
      </summary>
      <ul className="mt-1 ml-4 list-disc">
        {attempts.map(({ at, outcome }) => (
          <li key={at}>
            <LocalTime value={at} hasTime />, {OUTCOMES[outcome]}
          </li>
        ))}
      </ul>
    </details>
  );
}

function RevokeForm({ invite }: { invite: InviteItem }) {
  return (
    <Form method="post">
      <input type="hidden" name="inviteId" value={invite.id} />
      <Button
        type="submit"
        name="intent"
        value="revoke"
        variant="secondary"
        size="sm"
        aria-label={`Revoke invite ${invite.hint}`}
      >
        Revoke
      </Button>
    </Form>
  );
}
