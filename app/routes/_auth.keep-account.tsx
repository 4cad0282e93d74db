import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { CancelDeletion } from "../../server/lifecycle/contract";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { allowPublic } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Keep your account · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return { token: new URL(args.request.url).searchParams.get("token") ?? "" };
}

/** Only this uses the link: showing the page changes nothing. */
export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, CancelDeletion, async (input) => {
    const { message } = await api(args).account.cancelDeletion(input);
    return redirectWithToast(args, "/login", { kind: "success", message });
  });
}

export default function KeepAccountPage() {
  const { token } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const isPending = useNavigation().state !== "idle";
  return (
    <AuthPage
      title="Keep your account"
      description="Your account is closed and waits to be deleted. Keep it, and everything is as it was."
    >
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <Form method="post" className="mt-6">
        <input type="hidden" name="token" value={token} />
        <Button type="submit" size="lg" className="w-full" isPending={isPending}>
          Keep my account
        </Button>
      </Form>
    </AuthPage>
  );
}
