import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { FormFailure } from "../../http.server";

export interface ChangeEmailFormProps {
  email: string;
  /** What was typed before the person had to prove again who they are. */
  typed: string | null;
  /** Set when this form, and no other of the page, was refused. */
  failure: FormFailure | undefined;
}

/** Asking for another address; it changes when the link in its mail is used. */
export function ChangeEmailForm({ email, typed, failure }: ChangeEmailFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "email";
  const errors = failure?.errors ?? {};
  return (
    <Card aria-labelledby="email">
      <CardHeader
        id="email"
        title="Email"
        description={
          <>
            You sign in with{" "}
            <strong className="font-medium text-ink [overflow-wrap:anywhere]">{email}</strong>. A new address
            has to be confirmed; this one can undo the change for seven days.
          </>
        }
      />
      <Form ref={form} method="post" noValidate className="flex max-w-form flex-col gap-5 px-5 pb-6 sm:px-6">
        {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
        <input type="hidden" name="intent" value="email" />
        <Field label="New email" error={errors["email"]}>
          {(control) => (
            <Input
              {...control}
              type="email"
              name="email"
              autoComplete="email"
              defaultValue={failure?.values["email"] ?? typed ?? undefined}
              required
            />
          )}
        </Field>
        <Button type="submit" variant="secondary" isPending={isPending} className="self-start">
          Change email
        </Button>
      </Form>
    </Card>
  );
}
