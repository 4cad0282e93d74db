import { Form, Link, useNavigation } from "@remix-run/react";
import { NewPasswordField } from "~/components/auth/new-password-field";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { Textarea } from "~/components/ui/textarea";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { REASON_LENGTH_MAX } from "../../../server/admin/terms";
import { PLATFORM_RANK, PLATFORM_ROLES, type PlatformRole } from "../../../server/auth/terms";
import type { FormFailure } from "../../http.server";
import type { UserDeed, Viewer } from "./user-deeds";
import { roleLabel } from "./user-words";

export interface UserQuestionProps {
  user: { id: string; email: string; platformRole: PlatformRole };
  deed: UserDeed;
  viewer: Viewer;
  failure: FormFailure | undefined;
}

/** The question stands in the page rather than in a dialog, so that it is asked without JavaScript too. */
export function UserQuestion({ user, deed, viewer, failure }: UserQuestionProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === deed.intent;
  const errors = failure?.errors ?? {};
  return (
    <Card aria-labelledby="question" tone={deed.isHarm ? "danger" : "accent"}>
      <CardHeader id="question" title={deed.question} description={`${user.email}. ${deed.description}`} />
      <Form ref={form} method="post" noValidate className="flex max-w-xl flex-col gap-5 px-5 pb-5 sm:px-6">
        {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
        {deed.intent === "setRole" && <RoleField {...{ user, viewer, failure }} />}
        {deed.intent === "resetPassword" && (
          <NewPasswordField error={errors["password"]} ownWords={[user.email]} />
        )}
        {deed.isHarm && (
          <Field
            label="Reason"
            error={errors["reason"]}
            hint="At least 10 characters. It stands in the audit log with your name."
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
        )}
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            name="intent"
            value={deed.intent}
            variant={deed.isHarm ? "danger" : "primary"}
            isPending={isPending}
          >
            {deed.label}
          </Button>
          <Link to={`/admin/users/${user.id}`} preventScrollReset className={buttonClass("secondary")}>
            Cancel
          </Link>
        </div>
      </Form>
    </Card>
  );
}

function RoleField({ user, viewer, failure }: Omit<UserQuestionProps, "deed">) {
  const roles = PLATFORM_ROLES.filter((role) => PLATFORM_RANK[role] <= PLATFORM_RANK[viewer.role]);
  return (
    <Field label="Platform role" error={failure?.errors["role"]}>
      {(control) => (
        <Select {...control} name="role" defaultValue={failure?.values["role"] ?? user.platformRole}>
          {roles.map((role) => (
            <option key={role} value={role}>
              {roleLabel(role)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
