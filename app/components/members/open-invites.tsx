import { Form } from "@remix-run/react";
import { InviteLink } from "~/components/shell/invite-link";
import { Alert } from "~/components/ui/alert";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { InviteItem } from "../../../server/members/contract";
import { ROLE_LABELS } from "../../../server/tenants/terms";
import type { FormFailure } from "../../http.server";
import { ListTurn, type ListTurnProps } from "./list-turn";

export interface CopiedLink {
  link: string;
  email: string;
  expiresAt: string;
}

export interface OpenInvitesProps extends ListTurnProps {
  invites: readonly InviteItem[];
  copied: CopiedLink | undefined;
  failure: FormFailure | undefined;
}

/** Invites that wait for an answer, and those that ran out before they got one. */
export function OpenInvites({ invites, copied, failure, first, next }: OpenInvitesProps) {
  return (
    <Card aria-labelledby="invites" className="overflow-hidden">
      <CardHeader id="invites" title="Pending invites" />
      {failure && (
        <div className="px-5 pb-5 sm:px-6">
          <Alert tone="danger">{failure.message}</Alert>
        </div>
      )}
      {copied && <Copied {...copied} />}
      <ul className="divide-y divide-line border-line border-t">
        {invites.map((invite) => (
          <li
            key={invite.inviteId}
            className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6"
          >
            <Facts invite={invite} />
            <Deeds invite={invite} />
          </li>
        ))}
      </ul>
      <ListTurn first={first} next={next} label="Pages of invites" />
    </Card>
  );
}

function Facts({ invite }: { invite: InviteItem }) {
  const { email, role, message, hint, isExpired, sentAt, expiresAt } = invite;
  return (
    <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
      <p className="font-medium">
        {email} <code className="ml-1 font-normal text-[13px] text-ink-muted">…{hint}</code>
      </p>
      <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-muted">
        <Badge>{ROLE_LABELS[role]}</Badge>
        {isExpired && <Badge tone="warning">Expired</Badge>}
        <span>
          Sent <LocalTime value={sentAt} />, {isExpired ? "valid until" : "expires"}{" "}
          <LocalTime value={expiresAt} hasTime />
        </span>
      </p>
      {message && <p className="mt-1 line-clamp-2 text-ink-muted">“{message}”</p>}
    </div>
  );
}

function Deeds({ invite: { inviteId, email, isExpired } }: { invite: InviteItem }) {
  const deeds = [
    { intent: "resend", label: "Send again", of: "Send the invite again" },
    ...(isExpired ? [] : [{ intent: "copy", label: "Get a link", of: "Get a link for the invite" }]),
    { intent: "revoke", label: "Revoke", of: "Revoke the invite" },
  ];
  return (
    <Form method="post" className="flex flex-wrap gap-2">
      <input type="hidden" name="inviteId" value={inviteId} />
      {deeds.map(({ intent, label, of }) => (
        <Button
          key={intent}
          type="submit"
          name="intent"
          value={intent}
          variant="secondary"
          size="sm"
          aria-label={`${of} to ${email}`}
        >
          {label}
        </Button>
      ))}
    </Form>
  );
}

function Copied({ link, email, expiresAt }: CopiedLink) {
  return (
    <InviteLink link={link} title={`The link for ${email}. Copy it now: it is not shown again.`}>
      Works for that address alone, until <LocalTime value={expiresAt} hasTime />. The mailed link goes on
      working.
    </InviteLink>
  );
}
