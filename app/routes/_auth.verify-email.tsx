import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AddressConfirmed, ConfirmAddress } from "~/components/auth/confirm-address";
import { ResendLink } from "~/components/auth/resend-link";
import { ResendVerification, VerifyEmail } from "../../server/auth/contract";
import { TEXT_RESENT } from "../../server/auth/terms";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { allowPublic, redirectEnded } from "../session.server";

const SIGN_IN = "/login?verified=1";
const SIGN_IN_AFTER_SECONDS = 3;

export const meta: MetaFunction = () => [{ title: "Confirm your email · Parley" }];

/** Without scripts the browser follows this header; with them the page counts the seconds itself. */
export const headers = ({ actionHeaders }: { actionHeaders: Headers }) => actionHeaders;

export async function loader(args: LoaderFunctionArgs) {
  const session = await allowPublic(args);
  const token = new URL(args.request.url).searchParams.get("token");
  if (session?.emailVerified && !token) throw redirect("/");
  // Confirming elsewhere has ended this browser's session.
  if (!token) await redirectEnded(args);
  return { token, email: session?.email ?? null };
}

/** The link's page carries its token; the same address without one asks for a new link. */
export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  if (!new URL(args.request.url).searchParams.has("token")) return resend(args);
  return submitForm(args, VerifyEmail, async (input) => {
    await api(args).email.verify(input);
    const headers = { Refresh: `${SIGN_IN_AFTER_SECONDS}; url=${SIGN_IN}` };
    return data({ ok: true as const, message: null }, { headers });
  });
}

async function resend(args: ActionFunctionArgs) {
  await redirectEnded(args);
  return submitForm(args, ResendVerification, async (input) => {
    await api(args).email.resend(input);
    return { ok: true as const, message: TEXT_RESENT };
  });
}

export default function VerifyEmailPage() {
  const { token, email } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isConfirmed = token !== null && answer?.ok === true;
  if (isConfirmed) return <AddressConfirmed signInPath={SIGN_IN} afterMs={SIGN_IN_AFTER_SECONDS * 1_000} />;
  if (token !== null && !answer) return <ConfirmAddress token={token} />;
  return <ResendLink signedInEmail={email} answer={answer} />;
}
