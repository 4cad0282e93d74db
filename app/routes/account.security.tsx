import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { TwoFactorSection } from "~/components/account/two-factor-section";
import { PageHeading } from "~/components/shell/page-heading";
import { ConfirmedCode } from "../../server/mfa/contract";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const SecurityForm = z.discriminatedUnion("intent", [
  ConfirmedCode.extend({ intent: z.literal("disable") }),
  ConfirmedCode.extend({ intent: z.literal("regenerate") }),
]);

export const meta: MetaFunction = () => [{ title: "Security · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  const [twoFactor, captcha] = await Promise.all([
    api(args).mfa.status(),
    api(args).auth.captcha({ action: "two_factor" }),
  ]);
  return { twoFactor, captcha };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, SecurityForm, async ({ intent, ...input }) => {
    if (intent === "regenerate") {
      return { ok: true as const, ...(await api(args).mfa.regenerateCodes(input)) };
    }
    await api(args).mfa.disable(input);
    const message = "Two-factor authentication is off";
    return redirectWithToast(args, "/account/security", { kind: "success", message });
  });
}

export default function SecurityPage() {
  const { twoFactor, captcha } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [params] = useSearchParams();
  const wanted = params.get("do");
  return (
    <>
      <PageHeading title="Security" description="How you prove that it is you." />
      <div className="flex flex-col gap-6">
        <TwoFactorSection
          state={twoFactor}
          asking={wanted === "disable" || wanted === "regenerate" ? wanted : null}
          failure={answer && !answer.ok ? answer : null}
          newCodes={answer?.ok ? answer.recoveryCodes : null}
          captcha={captcha}
        />
      </div>
    </>
  );
}
