import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { CaptchaWhenAsked } from "~/components/auth/captcha";
import { CodeField } from "~/components/auth/code-field";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { VerifyCode } from "../../server/mfa/contract";
import { api } from "../api.server";
import { safeRedirect, submitForm } from "../http.server";
import { allowPublic, redirectSignedIn } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Two-factor authentication · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await redirectSignedIn(args);
  const [kind, captcha] = await Promise.all([
    api(args).mfa.challenge(),
    api(args).auth.captcha({ action: "two_factor" }),
  ]);
  if (kind === null) throw redirect("/login");
  if (kind === "enrol") throw redirect(`/2fa/setup${new URL(args.request.url).search}`);
  return { captcha };
}

/** A refused form needs a new captcha: the old one is used up. */
export const shouldRevalidate = () => true;

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  const { searchParams } = new URL(args.request.url);
  return submitForm(args, VerifyCode, async (input) => {
    if (searchParams.has("recovery")) await api(args).auth.recoveryLogin(input);
    else await api(args).mfa.verify(input);
    return redirect(safeRedirect(searchParams.get("redirectTo")));
  });
}

export default function VerifyPage() {
  const { captcha } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const [params] = useSearchParams();
  const form = useFocusFirstError(failure);
  const isRecovery = params.has("recovery");
  const isPending = useNavigation().formAction?.startsWith("/2fa/verify") ?? false;
  useOwnDocument(captcha.provider === "turnstile");
  return (
    <AuthPage
      title={isRecovery ? "Use a recovery code" : "Enter your security code"}
      description={
        isRecovery
          ? "One of the ten codes you kept when you turned two-factor authentication on. It works once."
          : "Your authenticator app shows six digits for Parley."
      }
      footer={
        <Link to={otherWay(params)} className={TEXT_LINK_CLASS}>
          {isRecovery ? "Use a security code instead" : "Use a recovery code instead"}
        </Link>
      }
    >
      <Form
        ref={form}
        key={String(isRecovery)}
        method="post"
        action={`/2fa/verify?${params}`}
        noValidate
        className="flex flex-col gap-5"
      >
        {failure && Object.keys(failure.errors).length === 0 && (
          <Alert tone="danger">{failure.message}</Alert>
        )}
        <CodeField isRecovery={isRecovery} autoFocus error={failure?.errors["code"]} />
        <CaptchaWhenAsked challenge={captcha} failure={failure} />
        <Button type="submit" size="lg" isPending={isPending}>
          Sign in
        </Button>
      </Form>
    </AuthPage>
  );
}

/** The same page for the other kind of code; where the person was going comes along. */
function otherWay(params: URLSearchParams): string {
  const others = new URLSearchParams(params);
  if (others.has("recovery")) others.delete("recovery");
  else others.set("recovery", "1");
  return `/2fa/verify?${others}`;
}
