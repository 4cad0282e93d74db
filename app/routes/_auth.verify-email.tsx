import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { type ShouldRevalidateFunctionArgs, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { AddressConfirmed, ConfirmAddress } from "~/components/auth/confirm-address";
import { ResendLink } from "~/components/auth/resend-link";
import { ResendVerification } from "../../server/auth/contract";
import { TEXT_RESENT } from "../../server/auth/terms";
import { api } from "../api.server";
import { dropLink, keepLink, submitForm, waitingLink } from "../http.server";
import { allowPublic, redirectEnded } from "../session.server";

const SIGN_IN = "/login?verified=1";
const SIGN_IN_AFTER_SECONDS = 3;

const VerifyForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("confirm") }),
  ResendVerification.extend({ intent: z.literal("resend") }),
]);

export const meta: MetaFunction = () => [{ title: "Confirm your email · Parley" }];

/** Without scripts the browser follows this header; with them the page counts the seconds itself. */
export const headers = ({ actionHeaders }: { actionHeaders: Headers }) => actionHeaders;

export async function loader(args: LoaderFunctionArgs) {
  const session = await allowPublic(args);
  keepLink(args, "verify");
  const hasLink = waitingLink(args, "verify") !== null;
  if (session?.emailVerified && !hasLink) throw redirect("/");
  // Confirming elsewhere has ended this browser's session.
  if (!hasLink) await redirectEnded(args);
  return { hasLink, email: session?.email ?? null };
}

/** The link of this browser is confirmed, or a new one asked for. */
export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  return submitForm(args, VerifyForm, async ({ intent, ...asked }) => {
    if (intent === "resend") {
      await redirectEnded(args);
      await api(args).email.resend(asked);
      return data({ ok: true as const, isConfirmed: false, message: TEXT_RESENT });
    }
    const token = waitingLink(args, "verify") ?? "none";
    // Once, whatever it comes to: what does not work now needs a new link, or the one in the mail.
    dropLink(args, "verify");
    await api(args).email.verify({ token });
    const headers = { Refresh: `${SIGN_IN_AFTER_SECONDS}; url=${SIGN_IN}` };
    return data({ ok: true as const, isConfirmed: true, message: null }, { headers });
  });
}

/** What was confirmed stays on the page until it leaves for the sign-in; who is signed in would be led away at once. */
export function shouldRevalidate({ actionResult, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) {
  return actionResult?.isConfirmed ? false : defaultShouldRevalidate;
}

export default function VerifyEmailPage() {
  const { hasLink, email } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  if (answer?.ok && answer.isConfirmed)
    return <AddressConfirmed signInPath={SIGN_IN} afterMs={SIGN_IN_AFTER_SECONDS * 1_000} />;
  if (hasLink && !answer) return <ConfirmAddress />;
  return <ResendLink signedInEmail={email} answer={answer} />;
}
