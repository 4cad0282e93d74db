import { Form } from "@remix-run/react";
import { LifeBuoy } from "lucide-react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import type { GrantItem } from "../../../server/support-access/items";
import type { FormFailure } from "../../http.server";
import { GrantDecision } from "./grant-decision";
import { GrantText } from "./grant-words";

export interface WorkspaceGrantsProps {
  grants: readonly GrantItem[];
  failure: FormFailure | undefined;
}

/** Requests, live accesses and past ones, as the workspace's admins see them. */
export function WorkspaceGrants({ grants, failure }: WorkspaceGrantsProps) {
  const isOpen = ({ state }: GrantItem) => state === "pending" || state === "live";
  const past = grants.filter((grant) => !isOpen(grant));
  const known = grants.some(({ grantId }) => grantId === failure?.values["grantId"]);
  return (
    <div className="flex flex-col gap-6">
      {failure && !known && <Alert tone="danger">{failure.message}</Alert>}
      <Card aria-labelledby="open">
        <CardHeader
          id="open"
          title="Requests and live access"
          description="Support sees nothing of this workspace unless you approve, and can never change anything."
        />
        <GrantList grants={grants.filter(isOpen)} failure={failure} />
        {!grants.some(isOpen) && (
          <EmptyState
            icon={<LifeBuoy />}
            title="Nobody can look in"
            description="When support asks for access to help you, the request stands here and you get a mail."
          />
        )}
      </Card>
      {past.length > 0 && (
        <Card aria-labelledby="past">
          <CardHeader
            id="past"
            title="Past requests"
            description="Everything done under a grant stands in this workspace's audit log."
          />
          <GrantList grants={past} failure={undefined} />
        </Card>
      )}
    </div>
  );
}

function GrantList({ grants, failure }: WorkspaceGrantsProps) {
  return (
    <ul className="divide-y divide-line border-line border-t empty:hidden">
      {grants.map((grant) => {
        const own = failure?.values["grantId"] === grant.grantId ? failure : undefined;
        return (
          <li
            key={grant.grantId}
            className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6"
          >
            <GrantText grant={grant} />
            {grant.state === "pending" && <GrantDecision grant={grant} failure={own} />}
            {grant.state === "live" && <EndGrant grant={grant} failure={own} />}
          </li>
        );
      })}
    </ul>
  );
}

function EndGrant({ grant, failure }: { grant: GrantItem; failure: FormFailure | undefined }) {
  return (
    <Form method="post" className="flex flex-col gap-3">
      <input type="hidden" name="grantId" value={grant.grantId} />
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <Button
        type="submit"
        name="intent"
        value="end"
        variant="danger"
        aria-label={`End access of ${grant.operatorName}`}
      >
        End access now
      </Button>
    </Form>
  );
}
