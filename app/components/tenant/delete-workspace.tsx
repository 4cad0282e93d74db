import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { TENANT_GRACE_DAYS } from "../../../server/tenants/terms";
import type { FormFailure } from "../../http.server";
import { TypedName } from "./typed-name";

interface DeleteWorkspaceProps {
  name: string;
  /** Whether it pays for a subscription that would be renewed. */
  isSubscribed: boolean;
  /** The owner has said so, and has proved again who they are. */
  isDeleting: boolean;
  failure: FormFailure | undefined;
}

const SUBSCRIPTION_ENDS =
  "Its subscription is not renewed any more; it goes on when the workspace comes back before the period that is paid is over. ";

/** The end of the workspace: what it means, and the form that asks for its name. */
export function DeleteWorkspace({ name, isSubscribed, isDeleting, failure }: DeleteWorkspaceProps) {
  return (
    <Card aria-labelledby="delete" tone={isDeleting ? "danger" : "plain"}>
      <CardHeader
        id="delete"
        title="Delete the workspace"
        description={`It is closed for everybody at once, answers under way are stopped, and everything in it is erased after ${TENANT_GRACE_DAYS} days. Until then an owner can bring it back. ${isSubscribed ? SUBSCRIPTION_ENDS : ""}You get a signed certificate of what was erased.`}
        {...(!isDeleting && {
          action: (
            <Link to="?confirm=delete" preventScrollReset className={buttonClass("secondary")}>
              Delete the workspace
            </Link>
          ),
        })}
      />
      {isDeleting && <DeleteForm name={name} failure={failure} />}
    </Card>
  );
}

function DeleteForm({ name, failure }: { name: string; failure: FormFailure | undefined }) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "delete";
  return (
    <Form
      ref={form}
      method="post"
      noValidate
      preventScrollReset
      className="flex max-w-form flex-col gap-5 px-5 pb-5 sm:px-6"
    >
      {failure && !failure.errors["confirmation"] && <Alert tone="danger">{failure.message}</Alert>}
      <TypedName name={name} failure={failure} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" name="intent" value="delete" variant="danger" isPending={isPending}>
          Delete the workspace
        </Button>
        <Link to="?" preventScrollReset className={buttonClass("secondary")}>
          Keep it
        </Link>
      </div>
    </Form>
  );
}
