import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { LinkAction } from "~/components/auth/link-action";
import { VerifyEmail } from "../../server/auth/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { allowPublic } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Undo the change of your email · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return { token: new URL(args.request.url).searchParams.get("token") };
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, VerifyEmail, async (input) => {
    const { message } = await api(args).email.cancelChange(input);
    return { ok: true as const, message };
  });
}

export default function CancelEmailPage() {
  const { token } = useLoaderData<typeof loader>();
  return (
    <LinkAction
      title="Undo the change of your email"
      description="Your account goes back to this address, and everybody is signed out."
      button="Undo the change"
      token={token}
      answer={useActionData<typeof action>()}
      next={{ to: "/forgot-password", label: "Set a new password now" }}
    />
  );
}
