import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { NewPasswordField } from "~/components/auth/new-password-field";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { ResetPassword } from "../../server/auth/contract";
import { api } from "../api.server";
import { dropLink, keepLink, redirectWithToast, submitForm, waitingLink } from "../http.server";
import { allowPublic } from "../session.server";

const NewPasswordForm = ResetPassword.pick({ password: true });

export const meta: MetaFunction = () => [{ title: "Set a new password · Parley" }];

/** Showing the page does not use the link up; only the POST does. */
export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  keepLink(args, "reset");
  return { hasLink: waitingLink(args, "reset") !== null };
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, NewPasswordForm, async ({ password }) => {
    const token = waitingLink(args, "reset") ?? "none";
    const { message } = await api(args).auth.resetPassword({ token, password });
    dropLink(args, "reset");
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
