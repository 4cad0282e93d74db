import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { RequestItem } from "../../../server/wallet/limits/requests";
import { roundDollars } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";

interface LimitRequestsProps {
  requests: readonly RequestItem[];
  canManage: boolean;
  failure: FormFailure | undefined;
}

/** Who asks for more, and what accepting would change. */
export function LimitRequests({ requests, canManage, failure }: LimitRequestsProps) {
  if (requests.length === 0 && !failure) return null;
  return (
    <Card aria-labelledby="requests" tone="accent">
      <CardHeader id="requests" title="Requests for more" />
      {failure && (
        <div className="px-5 pb-4 sm:px-6">
          <Alert tone="danger">{failure.message}</Alert>
        </div>
      )}
      <ul className="divide-y divide-line border-line border-t">
        {requests.map((request) => (
          <li
            key={request.id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4 text-sm sm:px-6"
          >
            <div className="min-w-0 [overflow-wrap:anywhere]">
              <p>
                <span className="font-medium">{request.name}</span> asks for{" "}
                <span className="font-medium">{roundDollars(request.extraNano)}</span> more,{" "}
                <LocalTime value={request.createdAt} hasTime />
              </p>
              {request.note && <p className="text-ink-muted">“{request.note}”</p>}
              <p className="text-ink-muted">{effectOf(request)}</p>
            </div>
            {canManage && <Decide request={request} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Decide({ request: { id, name } }: { request: RequestItem }) {
  const sent = useNavigation().formData;
  const isPending = sent?.get("requestId") === id;
  return (
    <Form method="post" preventScrollReset className="flex gap-2">
      <input type="hidden" name="intent" value="decide" />
      <input type="hidden" name="requestId" value={id} />
      <Button
        type="submit"
        size="sm"
        name="decision"
        value="accept"
        isPending={isPending}
        aria-label={`Accept the request of ${name}`}
      >
        Accept
      </Button>
      <Button
        type="submit"
        size="sm"
        variant="secondary"
        name="decision"
        value="decline"
        aria-label={`Decline the request of ${name}`}
      >
        Decline
      </Button>
    </Form>
  );
}

function effectOf({ raised: { tenantCapNano, memberCapNano } }: RequestItem): string {
  const parts = [
    tenantCapNano !== null && `the workspace's limit to ${roundDollars(tenantCapNano)}`,
    memberCapNano !== null && `their own limit to ${roundDollars(memberCapNano)}`,
  ].filter(Boolean);
  if (parts.length === 0) return "No limit stands in the way; accepting tells them so.";
  return `Accepting raises ${parts.join(" and ")}.`;
}
