import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, useActionData, useNavigation } from "@remix-run/react";
import { z } from "zod";
import { AuthPage } from "~/components/auth/auth-page";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { api } from "../api.server";
import { dropLink, keepLink, redirectWithToast, submitForm, waitingLink } from "../http.server";
import { allowPublic } from "../session.server";

/** The page has a button and nothing to fill in. */
const KeepForm = z.strictObject({});

export const meta: MetaFunction = () => [{ title: "Keep your account · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  keepLink(args, "keep-account");
  return null;
}

/** Only this uses the link: showing the page changes nothing. */
export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, KeepForm, async () => {
    const token = waitingLink(args, "keep-account") ?? "none";
    const { message } = await api(args).account.cancelDeletion({ token });
    dropLink(args, "keep-account");
    return redirectWithToast(args, "/login", { kind: "success", message });
  });
}

export default function KeepAccountPage() {
  const failure = useActionData<typeof action>();
  const isPending = useNavigation().state !== "idle";
  return (
    <AuthPage
      title="Keep your account"
      description="Your account is closed and waits to be deleted. Keep it, and everything is as it was."
    >
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <Form method="post" className="mt-6">
        <Button type="submit" size="lg" className="w-full" isPending={isPending}>
          Keep my account
        </Button>
      </Form>
    </AuthPage>
  );
}
