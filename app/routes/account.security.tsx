import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import {
  type ShouldRevalidateFunction,
  useActionData,
  useLoaderData,
  useSearchParams,
} from "@remix-run/react";
import { useState } from "react";
import { z } from "zod";
import { ChangeEmailForm } from "~/components/account/change-email-form";
import { OperatorReset } from "~/components/account/operator-reset";
import { PasswordForm } from "~/components/account/password-form";
import { TwoFactorSection } from "~/components/account/two-factor-section";
import { useOwnDocument } from "~/components/auth/use-own-document";
import { PageHeading } from "~/components/shell/page-heading";
import { ChangeEmail, ChangePassword } from "../../server/auth/contract";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { ConfirmedCode } from "../../server/mfa/contract";
import { api } from "../api.server";
import { redirectWithToast, submitForm, typedBefore } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const HERE = "/account/security";

const SecurityForm = z.discriminatedUnion("intent", [
  ChangePassword.extend({ intent: z.literal("password") }),
  ChangeEmail.extend({ intent: z.literal("email") }),
  ConfirmedCode.extend({ intent: z.literal("disable") }),
  ConfirmedCode.extend({ intent: z.literal("regenerate") }),
]);

export const meta: MetaFunction = () => [{ title: "Security · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { email, displayName, platformRole } = await requireUser(args);
  const [twoFactor, captcha] = await Promise.all([
    api(args).mfa.status(),
    api(args).auth.captcha({ action: "two_factor" }),
  ]);
  const ownWords = `${displayName} ${email}`.split(/[\s@.,_-]+/).filter(Boolean);
  // A form that went through is empty again.
  const maySetPasswords = PLATFORM_ROLE_PERMISSIONS[platformRole].has("users.moderate");
  const typedEmail = typedBefore(args.request, "email");
  return { twoFactor, captcha, email, typedEmail, ownWords, maySetPasswords, visit: args.context.info.id };
}

/**
 * What was refused leaves the page as it is, but for a form with a captcha, whose token is used up. The default that Remix
 * hands over is always true under single fetch, so it does not say.
 */
export const shouldRevalidate: ShouldRevalidateFunction = ({ formData, actionStatus = 200 }) =>
  actionStatus < 400 || formData?.get("intent") === "disable" || formData?.get("intent") === "regenerate";

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, SecurityForm, async (form) => {
    if (form.intent === "regenerate") {
      const { intent: _, ...input } = form;
      return { ok: true as const, ...(await api(args).mfa.regenerateCodes(input)) };
    }
    return redirectWithToast(args, HERE, { kind: "success", message: await change(args, form) });
  });
}

type Change = Exclude<z.output<typeof SecurityForm>, { intent: "regenerate" }>;

/** Carries out one of the page's changes; answers what to say about it. */
async function change(args: ActionFunctionArgs, form: Change): Promise<string> {
  if (form.intent === "password") {
    const { currentPassword, newPassword } = form;
    return (await api(args).account.changePassword({ currentPassword, newPassword })).message;
  }
  if (form.intent === "email") return (await api(args).account.changeEmail({ email: form.email })).message;
  const { intent: _, ...input } = form;
  await api(args).mfa.disable(input);
  return "Two-factor authentication is off";
}

export default function SecurityPage() {
  const { twoFactor, captcha, email, typedEmail, ownWords, maySetPasswords, visit } =
    useLoaderData<typeof loader>();
  useOwnDocument(twoFactor.needsCaptcha && captcha.provider === "turnstile");
  const answer = useActionData<typeof action>();
  const failure = answer && !answer.ok ? answer : undefined;
  const failureOf = (...intents: string[]) =>
    intents.includes(failure?.values["intent"] ?? "") ? failure : undefined;
  const [params] = useSearchParams();
  const wanted = params.get("do");
  const lastDone = useLastUnrefused(visit, failure !== undefined);
  return (
    <>
      <PageHeading title="Security" description="How you prove that it is you." />
      <div className="flex flex-col gap-6">
        <TwoFactorSection
          state={twoFactor}
          asking={wanted === "disable" || wanted === "regenerate" ? wanted : null}
          failure={failureOf("disable", "regenerate")}
          newCodes={answer?.ok ? answer.recoveryCodes : null}
          captcha={captcha}
        />
        <PasswordForm key={`password ${lastDone}`} failure={failureOf("password")} ownWords={ownWords} />
        <ChangeEmailForm
          key={`email ${lastDone}`}
          email={email}
          typed={typedEmail}
          failure={failureOf("email")}
        />
        {maySetPasswords && <OperatorReset />}
      </div>
    </>
  );
}

/** The latest visit of the page that no refusal stands on: a form that went through is empty again, others keep what was typed. */
function useLastUnrefused(visit: string, isRefused: boolean): string {
  const [last, setLast] = useState(visit);
  if (!isRefused && last !== visit) setLast(visit);
  return last;
}
