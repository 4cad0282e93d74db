import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { CaptchaWhenAsked } from "~/components/auth/captcha";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { ForgotPassword } from "../../server/auth/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { allowPublic } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Forgot your password? · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return { captcha: await api(args).auth.captcha({ action: "forgot_password" }) };
}

/** A refused form needs a new captcha: the old one is used up. */
export const shouldRevalidate = () => true;

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, ForgotPassword, async (input) => {
    const { message } = await api(args).auth.forgotPassword(input);
    return { ok: true as const, message };
  });
}

export default function ForgotPasswordPage() {
  const { captcha } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  useOwnDocument(captcha.provider === "turnstile");
  const failure = answer?.ok === false ? answer : undefined;
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/forgot-password") ?? false;
  return (
    <AuthPage
      title="Forgot your password?"
      description={
        answer?.ok
          ? "The link in it works for an hour. If nothing comes, look into the spam folder."
          : "Enter your address and we send you a link that sets a new one. It works for an hour."
      }
      footer={
        <Link to="/login" className={TEXT_LINK_CLASS}>
          Back to sign in
        </Link>
      }
    >
      {answer?.ok ? (
        <Alert tone="success">{answer.message}</Alert>
      ) : (
        <Form ref={form} method="post" noValidate className="flex flex-col gap-5">
          {failure && Object.keys(failure.errors).length === 0 && (
            <Alert tone="danger">{failure.message}</Alert>
          )}
          <Field label="Email" error={failure?.errors["email"]}>
            {(control) => (
              <Input
                {...control}
                type="email"
                name="email"
                autoComplete="username"
                defaultValue={failure?.values["email"]}
                required
              />
            )}
          </Field>
          <CaptchaWhenAsked challenge={captcha} failure={failure} />
          <Button type="submit" size="lg" isPending={isPending}>
            Send the link
          </Button>
        </Form>
      )}
    </AuthPage>
  );
}
