import { Form, useNavigation } from "@remix-run/react";
import { NewPasswordField } from "~/components/auth/new-password-field";
import { PasswordField } from "~/components/auth/password-field";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { FormFailure } from "../../http.server";

export interface PasswordFormProps {
  /** Set when this form, and no other of the page, was refused. */
  failure: FormFailure | undefined;
  ownWords: readonly string[];
}

/** Changing the own password. */
export function PasswordForm({ failure, ownWords }: PasswordFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "password";
  const errors = failure?.errors ?? {};
  return (
    <Card aria-labelledby="password">
      <CardHeader id="password" title="Password" description="A change signs out your other sessions." />
      <Form ref={form} method="post" noValidate className="flex max-w-form flex-col gap-5 px-5 pb-6 sm:px-6">
        {failure && Object.keys(errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
        <input type="hidden" name="intent" value="password" />
        <PasswordField
          label="Current password"
          name="currentPassword"
          autoComplete="current-password"
          error={errors["currentPassword"]}
        />
        <NewPasswordField
          label="New password"
          name="newPassword"
          error={errors["newPassword"]}
          ownWords={ownWords}
        />
        <Button type="submit" variant="secondary" isPending={isPending} className="self-start">
          Change password
        </Button>
      </Form>
    </Card>
  );
}
