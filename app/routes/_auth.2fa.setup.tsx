import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { AuthPage } from "~/components/auth/auth-page";
import { RecoveryCodes } from "~/components/auth/recovery-codes";
import { BeginSetup, ConfirmSetup } from "~/components/auth/two-factor-setup";
import { buttonClass } from "~/components/ui/button";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { EnableComplete } from "../../server/mfa/contract";
import { api } from "../api.server";
import { submitForm } from "../http.server";
import { allowPublic } from "../session.server";

const SetupForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("begin"), password: z.string().max(1_024).optional() }),
  EnableComplete.extend({ intent: z.literal("confirm") }),
]);

export const meta: MetaFunction = () => [{ title: "Set up two-factor authentication · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const session = await allowPublic(args);
  const isForced = (await api(args).mfa.challenge()) === "enrol";
  const setup = await api(args).mfa.setup();
  return { setup, isForced, isOn: !isForced && (session?.hasSecondFactor ?? false) };
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  const { search } = new URL(args.request.url);
  return submitForm(args, SetupForm, async (input) => {
    if (input.intent === "confirm") {
      const { recoveryCodes } = await api(args).mfa.enableComplete({ code: input.code });
      return { ok: true as const, recoveryCodes };
    }
    await api(args).mfa.enableInit(input.password ? { password: input.password } : {});
    return redirect(`/2fa/setup${search}`);
  });
}

export default function SetupPage() {
  const { setup, isForced, isOn } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [params] = useSearchParams();
  const next = safeNext(params.get("redirectTo"));
  if (answer?.ok) return <SetUp codes={answer.recoveryCodes} next={next} />;
  if (isOn) return <SetUp codes={null} next={next} />;
  return (
    <AuthPage
      title={
        <>
          Set up <span className="whitespace-nowrap">two-factor</span> authentication
        </>
      }
      description={
        isForced
          ? "Operators sign in with a second factor. Set yours up to go on."
          : "A code from your phone, beside the password, keeps others out of your account."
      }
    >
      <SetupForms setup={setup} isForced={isForced} failure={answer} />
    </AuthPage>
  );
}

type SetupFormsProps = {
  setup: ReturnType<typeof useLoaderData<typeof loader>>["setup"];
  isForced: boolean;
  failure: Exclude<ReturnType<typeof useActionData<typeof action>>, { ok: true }>;
};

function SetupForms({ setup, isForced, failure }: SetupFormsProps) {
  const [params] = useSearchParams();
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formAction?.startsWith("/2fa/setup") ?? false;
  const errors = failure?.errors ?? {};
  const message = failure && Object.keys(errors).length === 0 ? failure.message : null;
  const props = { errors, message, isPending };
  return (
    <Form ref={form} method="post" action={`/2fa/setup?${params}`} noValidate className="flex flex-col gap-5">
      {setup ? <ConfirmSetup setup={setup} {...props} /> : <BeginSetup asksPassword={!isForced} {...props} />}
    </Form>
  );
}

function SetUp({ codes, next }: { codes: string[] | null; next: string }) {
  return (
    <AuthPage
      title="Two-factor authentication is on"
      description="From now on a sign-in asks for a code from your authenticator app."
    >
      <div className="flex flex-col gap-6">
        {codes && <RecoveryCodes codes={codes} />}
        <Link to={next} className={buttonClass("primary", "lg")}>
          {codes ? "I have kept the codes" : "Continue"}
        </Link>
      </div>
    </AuthPage>
  );
}

/** Links stay inside; the server has the same rule for redirects. */
function safeNext(wanted: string | null): string {
  return wanted !== null && /^\/(?![/\\])/.test(wanted) ? wanted : "/account/security";
}
