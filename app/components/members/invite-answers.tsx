import { Form, useNavigation } from "@remix-run/react";
import { NewPasswordField } from "~/components/auth/new-password-field";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { NAME_LENGTH_MAX } from "../../../server/auth/terms";
import type { InvitePreview } from "../../../server/members/contract";
import type { FormFailure } from "../../http.server";

/** For people who have an account already. */
export function SignInToAccept() {
  return (
    <Form method="post" className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-sm">You have an account with this address?</p>
      <Button type="submit" name="intent" value="signIn" variant="secondary">
        Sign in to accept
      </Button>
    </Form>
  );
}

export interface NewAccountProps {
  invite: InvitePreview;
  failure: FormFailure | undefined;
}

/** For people who are new: the address is the invited one and cannot be changed. */
export function NewAccount({ invite, failure }: NewAccountProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "signUp";
  const errors = failure?.errors ?? {};
  return (
    <section aria-labelledby="new-account" className="border-line border-t pt-6">
      <h2 id="new-account" className="font-semibold text-lg">
        Or create your account
      </h2>
      <Form ref={form} method="post" noValidate className="mt-5 flex flex-col gap-5">
        <Field
          label="Email"
          hint={
            invite.provesMailbox ? undefined : "We send a mail to confirm it; then open this invite again."
          }
        >
          {(control) => (
            <Input {...control} type="email" autoComplete="username" value={invite.email} readOnly />
          )}
        </Field>
        <Field label="Your name" error={errors["name"]}>
          {(control) => (
            <Input
              {...control}
              name="name"
              autoComplete="name"
              maxLength={NAME_LENGTH_MAX}
              defaultValue={failure?.values["name"]}
              required
            />
          )}
        </Field>
        <NewPasswordField error={errors["password"]} ownWords={[invite.email, invite.tenant.name]} />
        <Button type="submit" name="intent" value="signUp" size="lg" isPending={isPending}>
          Create account
        </Button>
      </Form>
    </section>
  );
}

/** Signed in as somebody else: the invite is not theirs. */
export function WrongPerson({ invite, email }: { invite: InvitePreview; email: string }) {
  return (
    <>
      <Alert tone="warning">
        <span className="[overflow-wrap:anywhere]">
          This invite is for {invite.email}. You are signed in as {email}.
        </span>
      </Alert>
      <Form method="post" action="/logout">
        <Button type="submit" variant="secondary">
          Sign out
        </Button>
      </Form>
    </>
  );
}
