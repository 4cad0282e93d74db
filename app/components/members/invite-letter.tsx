import { Form, Link, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { AuthPage } from "~/components/auth/auth-page";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { InvitePreview } from "../../../server/members/contract";
import { ROLE_LABELS } from "../../../server/tenants/terms";
import type { FormFailure } from "../../http.server";

export interface InviteLetterProps {
  invite: InvitePreview;
  failure: FormFailure | undefined;
  /** Whether the invited person is signed in. */
  canAccept: boolean;
  /** What is to be done first, otherwise. */
  children: ReactNode;
}

/** What an invite says, and the ways to answer it. */
export function InviteLetter({ invite, failure, canAccept, children }: InviteLetterProps) {
  const isPending = useNavigation().formData?.get("intent") === "accept";
  return (
    <AuthPage
      title={<span className="[overflow-wrap:anywhere]">Join {invite.tenant.name}</span>}
      description={
        <span className="[overflow-wrap:anywhere]">
          {invite.invitedBy ?? "A former member"} invites {invite.email} to this workspace as{" "}
          {ROLE_LABELS[invite.role].toLowerCase()}.
        </span>
      }
    >
      <div className="flex flex-col gap-6">
        {invite.message && (
          <blockquote className="whitespace-pre-line border-accent border-l-2 pl-4 text-ink-muted text-sm [overflow-wrap:anywhere]">
            {invite.message}
          </blockquote>
        )}
        {failure && Object.keys(failure.errors).length === 0 && (
          <Alert tone="danger">{failure.message}</Alert>
        )}
        {canAccept && (
          <Form method="post">
            <Button type="submit" name="intent" value="accept" size="lg" isPending={isPending}>
              Accept the invite
            </Button>
          </Form>
        )}
        {children}
      </div>
    </AuthPage>
  );
}

/** A link that leads nowhere, with the reason and the way on. */
export function DeadInvite({ message }: { message: string | null }) {
  return (
    <AuthPage title="Invite">
      <Alert tone="danger">{message ?? "Open the link in the mail with your invite."}</Alert>
      <p className="mt-6 text-ink-muted text-sm">
        Ask whoever invited you for a new one, or{" "}
        <Link to="/login" className={TEXT_LINK_CLASS}>
          go to sign in
        </Link>
        .
      </p>
    </AuthPage>
  );
}
