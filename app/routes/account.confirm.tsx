import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { CaptchaWhenAsked } from "~/components/auth/captcha";
import { CodeField } from "~/components/auth/code-field";
import { PasswordField } from "~/components/auth/password-field";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { PageHeading } from "~/components/shell/page-heading";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { StepUp } from "../../server/mfa/contract";
import { api } from "../api.server";
import { safeRedirect, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Confirm it is you · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { hasSecondFactor } = await requireUser(args);
  const [{ needsCaptcha }, captcha] = await Promise.all([
    api(args).mfa.status(),
    api(args).auth.captcha({ action: "two_factor" }),
  ]);
  return { hasSecondFactor, needsCaptcha, captcha };
}

/** A refused form needs a new captcha: the old one is used up. */
export const shouldRevalidate = () => true;

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, StepUp, async (input) => {
    await api(args).auth.stepUp(input);
    const wanted = new URL(args.request.url).searchParams.get("redirectTo");
    return redirect(safeRedirect(wanted, "/account/security"));
  });
}

export default function ConfirmPage() {
  const { hasSecondFactor, needsCaptcha, captcha } = useLoaderData<typeof loader>();
  useOwnDocument(needsCaptcha && captcha.provider === "turnstile");
  const failure = useActionData<typeof action>();
  const [params] = useSearchParams();
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/account/confirm") ?? false;
  return (
    <>
      <PageHeading
        title="Confirm that it is you"
        description="What comes next is sensitive, and you signed in a while ago. You will be asked once in ten minutes."
      />
      <Card className="p-5 sm:p-6">
        <Form
          ref={form}
          method="post"
          action={`/account/confirm?${params}`}
          noValidate
          className="flex max-w-form flex-col gap-5"
        >
          {failure && Object.keys(failure.errors).length === 0 && (
            <Alert tone="danger">{failure.message}</Alert>
          )}
          <PasswordField autoComplete="current-password" error={failure?.errors["password"]} />
          {hasSecondFactor && <CodeField error={failure?.errors["code"]} />}
          <CaptchaWhenAsked challenge={captcha} failure={failure} isDue={needsCaptcha} />
          <div className="flex flex-wrap gap-3">
            <Button type="submit" isPending={isPending}>
              Confirm
            </Button>
            <Link to="/account/security" className={buttonClass("secondary")}>
              Cancel
            </Link>
          </div>
        </Form>
      </Card>
    </>
  );
}
