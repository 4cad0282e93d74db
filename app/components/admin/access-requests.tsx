import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { LocalTime } from "~/components/ui/local-time";
import { Textarea } from "~/components/ui/textarea";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { REASON_LENGTH_MAX } from "../../../server/admin/terms";
import type { AccessRequestItem } from "../../../server/signup/access-requests";
import type { FormFailure } from "../../http.server";

export interface AccessRequestsProps {
  requests: readonly AccessRequestItem[];
  /** The request that is being rejected: its reason is asked for in its row. */
  rejecting: string | null;
  failure: FormFailure | undefined;
}

/** Who asked for access, why, and what was decided. */
export function AccessRequests({ requests, rejecting, failure }: AccessRequestsProps) {
  return (
    <ul className="divide-y divide-line">
      {requests.map((request) => {
        const isAsked = request.id === rejecting;
        const own = failure?.values["requestId"] === request.id ? failure : undefined;
        return (
          <li key={request.id} className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6">
            <RequestText request={request} />
            {request.status === "pending" && !isAsked && <Decision request={request} failure={own} />}
            {isAsked && <Rejection request={request} failure={own} />}
          </li>
        );
      })}
    </ul>
  );
}

function RequestText({ request }: { request: AccessRequestItem }) {
  return (
    <div className="min-w-0 flex-1 basis-72 text-sm [overflow-wrap:anywhere]">
      <p className="font-medium">
        {request.fullName}, {request.organisation}
      </p>
      <p className="text-ink-muted">
        {request.email} · <LocalTime value={request.createdAt} hasTime />
      </p>
      {request.message && <p className="mt-2 max-w-2xl whitespace-pre-line">{request.message}</p>}
      {request.decidedAt && (
        <p className="mt-2 text-ink-muted">
          {request.status === "approved" ? "Approved" : "Rejected"} by {request.decidedBy},{" "}
          <LocalTime value={request.decidedAt} hasTime />
          {request.decisionReason && `: ${request.decisionReason}`}
        </p>
      )}
    </div>
  );
}

interface OfRequest {
  request: AccessRequestItem;
  failure: FormFailure | undefined;
}

function Decision({ request, failure }: OfRequest) {
  const isPending = useNavigation().formData?.get("requestId") === request.id;
  return (
    <Form method="post" className="flex flex-col items-end gap-3">
      <input type="hidden" name="requestId" value={request.id} />
      <div className="flex gap-2">
        <Link
          to={`?view=pending&reject=${request.id}`}
          preventScrollReset
          className={buttonClass("secondary", "sm")}
          aria-label={`Reject ${request.email}`}
        >
          Reject
        </Link>
        <Button
          type="submit"
          name="intent"
          value="approve"
          size="sm"
          isPending={isPending}
          aria-label={`Approve ${request.email}`}
        >
          Approve
        </Button>
      </div>
      {failure && <Alert tone="danger">{failure.message}</Alert>}
    </Form>
  );
}

function Rejection({ request, failure }: OfRequest) {
  const form = useFocusFirstError(failure);
  const error = failure?.errors["reason"] ?? failure?.message;
  return (
    <Form ref={form} method="post" noValidate className="flex w-full max-w-xl flex-col gap-3">
      <input type="hidden" name="requestId" value={request.id} />
      <Field
        label="Reason for the rejection"
        error={error}
        hint="At least 10 characters, for the audit log. The person is not told."
      >
        {(control) => (
          <Textarea
            {...control}
            name="reason"
            maxLength={REASON_LENGTH_MAX}
            defaultValue={failure?.values["reason"]}
            autoFocus
            required
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" name="intent" value="reject" variant="danger" size="sm">
          Reject request
        </Button>
        <Link to="?view=pending" preventScrollReset className={buttonClass("secondary", "sm")}>
          Cancel
        </Link>
      </div>
    </Form>
  );
}
