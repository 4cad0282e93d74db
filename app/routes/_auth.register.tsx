import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { RegisterForm } from "~/components/auth/register-form";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { Alert } from "~/components/ui/alert";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { Register } from "../../server/signup/contract";
import { api } from "../api.server";
import { dropLink, keepLink, submitForm, waitingLink } from "../http.server";
import { allowPublic, redirectSignedIn } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Create an account · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await redirectSignedIn(args);
  keepLink(args, "signup", "invite");
  const invite = waitingLink(args, "signup") ?? "";
  const captcha = await api(args).auth.captcha({ action: "register" });
  return { invite, captcha, ...(await api(args).signup.policy()) };
}

/** A refused form needs a new captcha: the old one is used up. */
export const shouldRevalidate = () => true;

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, Register, async (input) => {
    const { message } = await api(args).auth.register(input);
    dropLink(args, "signup");
    return { ok: true as const, message };
  });
}

export default function RegisterPage() {
  const { invite, captcha, needsInvite } = useLoaderData<typeof loader>();
  useOwnDocument(captcha.provider === "turnstile");
  const answer = useActionData<typeof action>();
  if (answer?.ok) return <Registered message={answer.message} />;
  return (
    <AuthPage
      title="Create your account"
      description="One account, and a workspace of your own to begin with."
      footer={
        <>
          Have an account?{" "}
          <Link to="/login" className={TEXT_LINK_CLASS}>
            Sign in
          </Link>
        </>
      }
    >
      <RegisterForm
        failure={answer}
        invite={invite}
        needsInvite={needsInvite || invite !== ""}
        captcha={captcha}
      />
    </AuthPage>
  );
}

function Registered({ message }: { message: string }) {
  return (
    <AuthPage title="Check your email">
      <Alert tone="success">{message}</Alert>
      <p className="mt-6 text-ink-muted text-sm">
        Nothing there after a few minutes? Look in the spam folder, or{" "}
        <Link to="/verify-email" className={TEXT_LINK_CLASS}>
          have a new link sent
        </Link>
        .
      </p>
    </AuthPage>
  );
}
