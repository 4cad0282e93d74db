import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { RequestAccessForm } from "~/components/auth/request-access-form";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { Alert } from "~/components/ui/alert";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { RequestAccess } from "../../server/signup/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { allowPublic, redirectSignedIn } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Request access · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await redirectSignedIn(args);
  const { needsInvite } = await api(args).signup.policy();
  if (!needsInvite) throw redirect("/register");
  return { captcha: await api(args).auth.captcha({ action: "request_access" }) };
}

/** A refused form needs a new captcha: the old one is used up. */
export const shouldRevalidate = () => true;

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, RequestAccess, async (input) => {
    const { message } = await api(args).signup.requestAccess(input);
    return { ok: true as const, message };
  });
}

export default function RequestAccessPage() {
  const { captcha } = useLoaderData<typeof loader>();
  useOwnDocument(captcha.provider === "turnstile");
  const answer = useActionData<typeof action>();
  if (answer?.ok) return <Requested message={answer.message} />;
  return (
    <AuthPage
      title="Request access"
      description="Parley is open to invited people for now. Tell us who you are."
      footer={
        <>
          Have an invite?{" "}
          <Link to="/register" className={TEXT_LINK_CLASS}>
            Create your account
          </Link>
        </>
      }
    >
      <RequestAccessForm failure={answer} captcha={captcha} />
    </AuthPage>
  );
}

function Requested({ message }: { message: string }) {
  return (
    <AuthPage title="Request received">
      <Alert tone="success">{message}</Alert>
      <Link to="/" className={`${TEXT_LINK_CLASS} mt-6 inline-block text-sm`}>
        Back to the start page
      </Link>
    </AuthPage>
  );
}
