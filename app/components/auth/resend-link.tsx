import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { TEXT_UNVERIFIED } from "../../../server/auth/terms";
import { AuthPage } from "./auth-page";

export interface ResendAnswer {
  ok: boolean;
  message: string | null;
  errors?: Record<string, string>;
  values?: Record<string, string>;
}

export interface ResendLinkProps {
  /** The signed-in person's address, which is not confirmed yet. */
  signedInEmail: string | null;
  answer: ResendAnswer | undefined;
}

/** Asking for another confirmation mail; for a signed-in person also the only other way out. */
export function ResendLink({ signedInEmail, answer }: ResendLinkProps) {
  const form = useFocusFirstError(answer);
  const isPending = useNavigation().formAction === "/verify-email";
  const fieldError = answer?.errors?.["email"];
  return (
    <AuthPage
      title="Confirm your email"
      description={signedInEmail ? TEXT_UNVERIFIED : "Enter your address and we send you a new link."}
      footer={
        signedInEmail ? (
          <SignOut />
        ) : (
          <Link to="/login" className={TEXT_LINK_CLASS}>
            Back to sign in
          </Link>
        )
      }
    >
      <Form ref={form} method="post" action="/verify-email" noValidate className="flex flex-col gap-5">
        <input type="hidden" name="intent" value="resend" />
        {answer?.message && !fieldError && (
          <Alert tone={answer.ok ? "success" : "danger"}>{answer.message}</Alert>
        )}
        {signedInEmail ? (
          <p className="text-sm">
            The link went to <strong className="[overflow-wrap:anywhere]">{signedInEmail}</strong>. Not there?
            Look in the spam folder, or have a new one sent; the old one stops working then.
          </p>
        ) : (
          <Field label="Email" error={fieldError}>
            {(control) => (
              <Input
                {...control}
                type="email"
                name="email"
                autoComplete="username"
                defaultValue={answer?.values?.["email"]}
                required
              />
            )}
          </Field>
        )}
        <Button type="submit" size="lg" isPending={isPending}>
          Send a new link
        </Button>
      </Form>
    </AuthPage>
  );
}

function SignOut() {
  return (
    <Form method="post" action="/logout">
      Wrong address?{" "}
      <button type="submit" className={TEXT_LINK_CLASS}>
        Sign out
      </button>
    </Form>
  );
}
