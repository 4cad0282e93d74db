import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { LinkAction } from "~/components/auth/link-action";
import { VerifyEmail } from "../../server/auth/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { allowPublic } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Confirm your new email · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return { token: new URL(args.request.url).searchParams.get("token") };
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, VerifyEmail, async (input) => {
    const { message } = await api(args).email.confirmChange(input);
    return { ok: true as const, message };
  });
}

export default function ConfirmEmailPage() {
  const { token } = useLoaderData<typeof loader>();
  return (
    <LinkAction
      title="Confirm your new email"
      description="From then on you sign in with this address. Other sessions are signed out."
      button="Confirm the new email"
      token={token}
      answer={useActionData<typeof action>()}
      next={{ to: "/account/security", label: "Go to your account" }}
    />
  );
}
