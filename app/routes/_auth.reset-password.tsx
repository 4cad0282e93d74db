import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { NewPasswordField } from "~/components/auth/new-password-field";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { ResetPassword } from "../../server/auth/contract";
import { api } from "../api.server";
import {
  blankResetLinkCookie,
  readResetLink,
  redirectWithToast,
  resetLinkCookie,
  submitForm,
} from "../http.server";
import { allowPublic } from "../session.server";

const NewPasswordForm = ResetPassword.pick({ password: true });

export const meta: MetaFunction = () => [{ title: "Set a new password · Parley" }];

/** The first visit moves the link's secret out of the address into a cookie; only the POST uses it up. */
export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  const token = new URL(args.request.url).searchParams.get("token");
  if (token === null) return { hasLink: readResetLink(args.request.headers.get("cookie")) !== null };
  args.context.info.reply.cookies.push(resetLinkCookie(token));
  throw redirect("/reset-password");
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, NewPasswordForm, async ({ password }) => {
    const token = readResetLink(args.request.headers.get("cookie")) ?? "none";
    const { message } = await api(args).auth.resetPassword({ token, password });
    args.context.info.reply.cookies.push(blankResetLinkCookie());
    return redirectWithToast(args, "/login", { kind: "success", message });
  });
}

export default function ResetPasswordPage() {
  const { hasLink } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/reset-password") ?? false;
  if (!hasLink || failure?.reason?.startsWith("token_")) return <NoLink message={failure?.message} />;
  return (
    <AuthPage title="Set a new password" description="You will be signed out everywhere and sign in with it.">
      <Form ref={form} method="post" noValidate className="flex flex-col gap-5">
        {failure && Object.keys(failure.errors).length === 0 && (
          <Alert tone="danger">{failure.message}</Alert>
        )}
        <NewPasswordField label="New password" error={failure?.errors["password"]} ownWords={[]} />
        <Button type="submit" size="lg" isPending={isPending}>
          Set password
        </Button>
      </Form>
    </AuthPage>
  );
}

function NoLink({
  message = "Open the link in the newest mail we sent you.",
}: {
  message?: string | undefined;
}) {
  return (
    <AuthPage title="Set a new password">
      <Alert tone="danger">{message}</Alert>
      <p className="mt-6 text-sm">
        <Link to="/forgot-password" className={TEXT_LINK_CLASS}>
          Have a new link sent
        </Link>
      </p>
    </AuthPage>
  );
}
