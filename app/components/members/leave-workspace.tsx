import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import type { FormFailure } from "../../http.server";

export interface LeaveWorkspaceProps {
  isAsking: boolean;
  failure: FormFailure | undefined;
  to: { ask: string; list: string };
}

export function LeaveWorkspace({ isAsking, failure, to }: LeaveWorkspaceProps) {
  const isPending = useNavigation().formData?.get("intent") === "leave";
  if (!isAsking) {
    return (
      <Card aria-labelledby="leave">
        <CardHeader
          id="leave"
          title="Leave the workspace"
          description="You lose access to it at once; your account stays."
          action={
            <Link to={to.ask} preventScrollReset className={buttonClass("secondary")}>
              Leave the workspace
            </Link>
          }
        />
      </Card>
    );
  }
  return (
    <Card aria-labelledby="leave" tone="danger">
      <CardHeader
        id="leave"
        title="Leave this workspace?"
        description="You need a new invite to come back. Your conversations here stay closed to everybody else."
        action={
          <Form method="post" preventScrollReset className="flex flex-wrap gap-2">
            <Link to={to.list} preventScrollReset className={buttonClass("secondary")}>
              Stay
            </Link>
            <Button
              type="submit"
              name="intent"
              value="leave"
              variant="danger"
              isPending={isPending}
              autoFocus
            >
              Leave
            </Button>
          </Form>
        }
      />
      {failure && (
        <div className="px-5 pb-5 sm:px-6">
          <Alert tone="danger">{failure.message}</Alert>
        </div>
      )}
    </Card>
  );
}
