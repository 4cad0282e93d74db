import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { NewAccount, SignInToAccept, WrongPerson } from "~/components/members/invite-answers";
import { DeadInvite, InviteLetter } from "~/components/members/invite-letter";
import { SignUp } from "../../server/members/contract";
import { api } from "../api.server";
import {
  dropLink,
  keepLink,
  messageOfRefusal,
  redirectWithToast,
  submitForm,
  waitingLink,
} from "../http.server";
import { allowPublic } from "../session.server";

const InviteForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("accept") }),
  z.strictObject({ intent: z.literal("signIn") }),
  SignUp.omit({ token: true }).extend({ intent: z.literal("signUp") }),
]);

export const meta: MetaFunction = () => [{ title: "Invite · Parley" }];

/** Showing the page does not use the link up; only the POST does. */
export async function loader(args: LoaderFunctionArgs) {
  const session = await allowPublic(args);
  keepLink(args, "invite");
  const token = waitingLink(args, "invite");
  const person = session && { email: session.email, isVerified: session.emailVerified };
  if (token === null) return { invite: null, problem: null, person };
  try {
    return { invite: await api(args).members.previewInvite({ token }), problem: null, person };
  } catch (thrown) {
    return { invite: null, problem: messageOfRefusal(thrown), person };
  }
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  const token = waitingLink(args, "invite") ?? "none";
  return submitForm(args, InviteForm, async (form) => {
    const { members } = api(args);
    if (form.intent === "signIn") {
      await members.openDoor({ token });
      return redirect("/login?redirectTo=/invite");
    }
    if (form.intent === "accept") {
      const { message, tenant } = await members.acceptInvite({ token });
      dropLink(args, "invite");
      return redirectWithToast(args, `/t/${tenant.slug}`, { kind: "success", message });
    }
    const { message, isMember } = await members.signUp({ token, name: form.name, password: form.password });
    if (isMember) dropLink(args, "invite");
    return redirectWithToast(args, "/login", { kind: "success", message });
  });
}

export default function InvitePage() {
  const { invite, problem, person } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  if (invite === null) return <DeadInvite message={failure?.message ?? problem} />;
  return (
    <InviteLetter invite={invite} failure={failure} canAccept={person?.email === invite.email}>
      {person === null && <SignInToAccept />}
      {person === null && <NewAccount invite={invite} failure={failure} />}
      {person !== null && person.email !== invite.email && (
        <WrongPerson invite={invite} email={person.email} />
      )}
    </InviteLetter>
  );
}
