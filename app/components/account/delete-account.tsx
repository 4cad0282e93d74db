import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { useSession } from "~/session";
import { DELETION_GRACE_DAYS } from "../../../server/lifecycle/terms";
import type { Departure } from "../../../server/tenants/departure";
import type { FormFailure } from "../../http.server";

export interface DeleteAccountProps {
  departure: Departure;
  /** The person has said so, and has proved again who they are. */
  isLeaving: boolean;
  failure: FormFailure | undefined;
}

/** Leaving: what it means, what stands in the way, and the form that asks for the own address. */
export function DeleteAccountCard({ departure, isLeaving, failure }: DeleteAccountProps) {
  const isBlocked = departure.needOwner.length > 0;
  return (
    <Card aria-labelledby="leave" tone={isLeaving && !isBlocked ? "danger" : "plain"}>
      <CardHeader
        id="leave"
        title="Delete my account"
        description={`Your account is closed at once and everything in it is erased after ${DELETION_GRACE_DAYS} days. Until then a link in the mail we send you brings it back.`}
        {...(!isLeaving &&
          !isBlocked && {
            action: (
              <Link to="?confirm=delete" preventScrollReset className={buttonClass("secondary")}>
                Delete my account
              </Link>
            ),
          })}
      />
      <div className="flex flex-col gap-5 px-5 pb-5 text-sm empty:hidden sm:px-6">
        {isBlocked && <NeedOwner workspaces={departure.needOwner} />}
        {!isBlocked && departure.goAlong.length > 0 && <GoAlong workspaces={departure.goAlong} />}
        {isLeaving && !isBlocked && <LeaveForm failure={failure} />}
      </div>
    </Card>
  );
}

function NeedOwner({ workspaces }: { workspaces: Departure["needOwner"] }) {
  return (
    <Alert tone="warning">
      <p>Others work in these workspaces, which need another owner before you can go:</p>
      <ul className="mt-2 list-disc pl-5">
        {workspaces.map(({ id, slug, name }) => (
          <li key={id} className="[overflow-wrap:anywhere]">
            <Link to={`/t/${slug}`} className={TEXT_LINK_CLASS}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function GoAlong({ workspaces }: { workspaces: Departure["goAlong"] }) {
  return (
    <p className="text-ink-muted [overflow-wrap:anywhere]">
      Nobody else belongs to {workspaces.map(({ name }) => name).join(", ")}: what is in there is erased, too.
    </p>
  );
}

function LeaveForm({ failure }: { failure: FormFailure | undefined }) {
  const form = useFocusFirstError(failure);
  const session = useSession();
  const isPending = useNavigation().formData?.get("intent") === "delete";
  return (
    <Form ref={form} method="post" noValidate className="flex max-w-form flex-col gap-5">
      {failure && !failure.errors["confirmation"] && <Alert tone="danger">{failure.message}</Alert>}
      <Field
        label="Type your email address to confirm"
        hint={session?.email}
        error={failure?.errors["confirmation"]}
      >
        {(control) => <Input {...control} name="confirmation" type="email" autoComplete="off" required />}
      </Field>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" name="intent" value="delete" variant="danger" isPending={isPending}>
          Delete my account
        </Button>
        <Link to="/account/data" preventScrollReset className={buttonClass("secondary")}>
          Keep it
        </Link>
      </div>
    </Form>
  );
}
