import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { AuthPage } from "~/components/auth/auth-page";
import { CaptchaWhenAsked } from "~/components/auth/captcha";
import { PasswordField } from "~/components/auth/password-field";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Checkbox } from "~/components/ui/checkbox";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { Login } from "../../server/auth/contract";
import { TEXT_VERIFIED } from "../../server/auth/terms";
import { TEXT_CHALLENGE_EXPIRED } from "../../server/mfa/terms";
import { api } from "../api.server";
import { safeRedirect, submitForm } from "../http.server";
import { allowPublic, redirectSignedIn } from "../session.server";

/** A ticked box arrives as "on", an unticked one not at all. */
const LoginForm = Login.extend({
  remember: z.literal("on").optional().transform(Boolean),
});

/** Where the right password leads when it is not enough. */
const NEXT_PAGE = { totp_required: "/2fa/verify", totp_setup_required: "/2fa/setup" };

export const meta: MetaFunction = () => [{ title: "Sign in · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await redirectSignedIn(args);
  const { needsInvite } = await api(args).signup.policy();
  return { needsInvite, captcha: await api(args).auth.captcha({ action: "login" }) };
}

/** A refused form needs a new captcha: the old one is used up. */
export const shouldRevalidate = () => true;

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, LoginForm, async (input) => {
    const { status } = await api(args).auth.login(input);
    const wanted = safeRedirect(new URL(args.request.url).searchParams.get("redirectTo"));
    return redirect(
      status === "ok" ? wanted : `${NEXT_PAGE[status]}?redirectTo=${encodeURIComponent(wanted)}`,
    );
  });
}

export default function LoginPage() {
  const { captcha, needsInvite } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  useOwnDocument(captcha.provider === "turnstile");
  const [params] = useSearchParams();
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/login") ?? false;
  return (
    <AuthPage
      title="Sign in"
      footer={
        <>
          New to Parley?{" "}
          <Link to={needsInvite ? "/request-access" : "/register"} className={TEXT_LINK_CLASS}>
            {needsInvite ? "Request access" : "Create an account"}
          </Link>
        </>
      }
    >
      <Form ref={form} method="post" noValidate className="flex flex-col gap-5">
        {params.get("verified") === "1" && !failure && <Alert tone="success">{TEXT_VERIFIED}</Alert>}
        {params.get("expired") === "1" && !failure && <Alert tone="warning">{TEXT_CHALLENGE_EXPIRED}</Alert>}
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
        <PasswordField autoComplete="current-password" error={failure?.errors["password"]} />
        <Link to="/forgot-password" className={`${TEXT_LINK_CLASS} -mt-3 self-start text-sm`}>
          Forgot your password?
        </Link>
        <Checkbox name="remember" label="Remember me" />
        <CaptchaWhenAsked challenge={captcha} failure={failure} />
        <Button type="submit" size="lg" isPending={isPending}>
          Sign in
        </Button>
      </Form>
    </AuthPage>
  );
}
