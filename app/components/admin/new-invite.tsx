import { Form, useNavigation } from "@remix-run/react";
import { InviteLink } from "~/components/shell/invite-link";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import {
  INVITE_NOTE_LENGTH_MAX,
  INVITE_VALID_DAYS,
  INVITE_VALID_DAYS_MAX,
} from "../../../server/signup/terms";
import type { FormFailure } from "../../http.server";

export interface MadeInvite {
  link: string;
  expiresAt: string;
}

export interface NewInviteProps {
  made: MadeInvite | undefined;
  failure: FormFailure | undefined;
}

/** Makes an invite; its link is on this page once and nowhere else. */
export function NewInvite({ made, failure }: NewInviteProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "create";
  const errors = failure?.errors ?? {};
  const values = failure?.values ?? {};
  return (
    <Card aria-labelledby="new-invite">
      <CardHeader
        id="new-invite"
        title="New invite"
        description="Works once. With an address it works for that address alone."
      />
      {made && <Made {...made} />}
      <Form
        ref={form}
        // A made invite leaves empty fields for the next one.
        key={made?.link}
        method="post"
        noValidate
        className="grid items-start gap-4 px-5 pb-5 sm:grid-cols-2 sm:px-6"
      >
        {failure && Object.keys(errors).length === 0 && (
          <Alert tone="danger" className="sm:col-span-2">
            {failure.message}
          </Alert>
        )}
        <TextField name="email" label="Email" errors={errors} values={values} type="email" />
        <TextField
          name="note"
          label="Note"
          errors={errors}
          values={values}
          maxLength={INVITE_NOTE_LENGTH_MAX}
        />
        <TextField
          name="tenantSlug"
          label="Joins workspace"
          errors={errors}
          values={values}
          placeholder="as in /t/its-address"
        />
        <Field label="Valid for days" error={errors["validDays"]}>
          {(control) => (
            <Input
              {...control}
              type="number"
              name="validDays"
              min={1}
              max={INVITE_VALID_DAYS_MAX}
              defaultValue={values["validDays"] ?? INVITE_VALID_DAYS}
            />
          )}
        </Field>
        <Button
          type="submit"
          name="intent"
          value="create"
          isPending={isPending}
          className="justify-self-start"
        >
          Create invite
        </Button>
      </Form>
    </Card>
  );
}

interface TextFieldProps {
  name: string;
  label: string;
  errors: Record<string, string>;
  values: Record<string, string>;
  type?: string;
  placeholder?: string;
  maxLength?: number;
}

function TextField({ name, label, errors, values, ...input }: TextFieldProps) {
  return (
    <Field label={label} error={errors[name]} isOptional>
      {(control) => (
        <Input {...control} {...input} name={name} autoComplete="off" defaultValue={values[name]} />
      )}
    </Field>
  );
}

function Made({ link, expiresAt }: MadeInvite) {
  return (
    <InviteLink link={link} title="The invite is made. Copy its link now: it is not shown again.">
      Valid until <LocalTime value={expiresAt} hasTime />.
    </InviteLink>
  );
}
