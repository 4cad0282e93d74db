import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { LinkAction } from "~/components/auth/link-action";
import { api } from "../api.server";
import {
  dropLink,
  keepLink,
  notFoundResponse,
  type RouteArgs,
  submitForm,
  waitingLink,
} from "../http.server";
import { allowPublic } from "../session.server";

/** What the two links of a change do: the one in the new address's mail, and the one in the old address's. */
const STEPS = {
  confirm: {
    link: "confirm-email",
    title: "Confirm your new email",
    description: "From then on you sign in with this address. Other sessions are signed out.",
    button: "Confirm the new email",
    next: { to: "/account/security", label: "Go to your account" },
  },
  cancel: {
    link: "undo-email",
    title: "Undo the change of your email",
    description: "Your account goes back to this address, and everybody is signed out.",
    button: "Undo the change",
    next: { to: "/forgot-password", label: "Set a new password now" },
  },
} as const;
type Step = keyof typeof STEPS;

/** The page has a button and nothing to fill in. */
const StepForm = z.strictObject({});

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? STEPS[data.step].title : "Page not found"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  const step = stepOf(args);
  const { link } = STEPS[step];
  keepLink(args, link);
  return { step, hasLink: waitingLink(args, link) !== null };
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  const step = stepOf(args);
  const { link } = STEPS[step];
  return submitForm(args, StepForm, async () => {
    const input = { token: waitingLink(args, link) ?? "none" };
    const { email } = api(args);
    const { message } = await (step === "confirm" ? email.confirmChange(input) : email.cancelChange(input));
    dropLink(args, link);
    return { ok: true as const, message };
  });
}

export default function ChangeEmailPage() {
  const { step, hasLink } = useLoaderData<typeof loader>();
  const { title, description, button, next } = STEPS[step];
  const answer = useActionData<typeof action>();
  return <LinkAction {...{ title, description, button, next, hasLink, answer }} />;
}

function stepOf(args: RouteArgs): Step {
  const step = args.params["step"];
  if (step === "confirm" || step === "cancel") return step;
  throw notFoundResponse(args, "Page");
}
