import { Badge } from "~/components/ui/badge";
import { Card } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { UserDetail } from "../../../server/admin/users";
import { Fact } from "./fact";
import { roleLabel, StatusBadge } from "./user-words";

/** What is known of an account, and nothing of what its person wrote. */
export function UserFacts({ user }: { user: UserDetail }) {
  return (
    <Card aria-label="Account">
      <dl className="divide-y divide-line">
        <Fact name="Status">
          <StatusBadge status={user.status} />
        </Fact>
        {user.lock && (
          <Fact name="Locked by an operator">
            <Since {...user.lock} />
          </Fact>
        )}
        {user.disablement && (
          <Fact name="Disabled">
            <Since {...user.disablement} />
          </Fact>
        )}
        {user.withoutWorkspaceSince && (
          <Fact name="Without a workspace">
            Disabled since <LocalTime value={user.withoutWorkspaceSince} hasTime />, when the person was taken
            out of the last one. An invitation lets them back in, or you enable the account.
          </Fact>
        )}
        {user.deletionDueAt && (
          <Fact name="Leaving">
            Closed by its owner, deleted on <LocalTime value={user.deletionDueAt} />. Their mail has the way
            back.
          </Fact>
        )}
        {user.signInLockedUntil && (
          <Fact name="Failed sign-ins">
            Locked until <LocalTime value={user.signInLockedUntil} hasTime />. This lock ends by itself.
          </Fact>
        )}
        <Fact name="Email">
          <span className="mr-2">{user.email}</span>
          <Badge tone={user.isVerified ? "success" : "warning"}>
            {user.isVerified ? "Confirmed" : "Not confirmed"}
          </Badge>
        </Fact>
        <Fact name="Two-factor">{user.hasSecondFactor ? "On" : "Off"}</Fact>
        <Fact name="Platform role">{roleLabel(user.platformRole)}</Fact>
        <Fact name="Sessions">{user.liveSessions === 0 ? "None" : `${user.liveSessions} live`}</Fact>
        <Fact name="Last sign-in">
          {user.lastSignInAt ? <LocalTime value={user.lastSignInAt} hasTime /> : "Never"}
        </Fact>
        <Fact name="Registered">
          <LocalTime value={user.createdAt} hasTime />
        </Fact>
        <Fact name="User id">
          <code className="text-[13px]">{user.id}</code>
        </Fact>
      </dl>
    </Card>
  );
}

function Since({ since, reason }: { since: string; reason: string }) {
  return (
    <>
      Since <LocalTime value={since} hasTime />
      <span className="mt-1 block text-ink-muted">{reason}</span>
    </>
  );
}
