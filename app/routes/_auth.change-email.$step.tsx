import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { LinkAction } from "~/components/auth/link-action";
import { VerifyEmail } from "../../server/auth/contract";
import { api } from "../api.server";
import { notFoundResponse, type RouteArgs, submitForm } from "../http.server";
import { allowPublic } from "../session.server";

/** What the two links of a change do: the one in the new address's mail, and the one in the old address's. */
const STEPS = {
  confirm: {
    title: "Confirm your new email",
    description: "From then on you sign in with this address. Other sessions are signed out.",
    button: "Confirm the new email",
    next: { to: "/account/security", label: "Go to your account" },
  },
  cancel: {
    title: "Undo the change of your email",
    description: "Your account goes back to this address, and everybody is signed out.",
    button: "Undo the change",
    next: { to: "/forgot-password", label: "Set a new password now" },
  },
};
type Step = keyof typeof STEPS;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? STEPS[data.step].title : "Page not found"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return { step: stepOf(args), token: new URL(args.request.url).searchParams.get("token") };
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  const step = stepOf(args);
  return submitForm(args, VerifyEmail, async (input) => {
    const { email } = api(args);
    const { message } = await (step === "confirm" ? email.confirmChange(input) : email.cancelChange(input));
    return { ok: true as const, message };
  });
}

export default function ChangeEmailPage() {
  const { step, token } = useLoaderData<typeof loader>();
  return <LinkAction {...STEPS[step]} token={token} answer={useActionData<typeof action>()} />;
}

function stepOf(args: RouteArgs): Step {
  const step = args.params["step"];
  if (step === "confirm" || step === "cancel") return step;
  throw notFoundResponse(args, "Page");
}
