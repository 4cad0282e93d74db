import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { BalanceCard } from "~/components/billing/balance-card";
import { LedgerCard } from "~/components/billing/ledger-card";
import { PlanCard } from "~/components/billing/plan-card";
import { PolicyForm } from "~/components/billing/policy-form";
import { DollarsAsCents, DollarsAsNano, ListLedger, SetPolicy } from "../../server/wallet/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Billing · Parley" }];

const PolicyFields = z.object({ policy: SetPolicy.shape.policy, threshold: DollarsAsNano });
const TopUpFields = z.object({ dollars: DollarsAsCents });

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const { cursor } = parseSearch(args.request, ListLedger);
  const { reserve, plans, limits } = api(args);
  const [balance, ledger, current, allowances] = await Promise.all([
    reserve.balance(),
    reserve.ledger({ cursor }),
    plans.current(),
    limits.allowances(),
  ]);
  return {
    balance,
    ledger: { ...ledger, isFirst: cursor === undefined },
    current,
    allowances: allowances.items,
    canManage: scope.permissions.has("billing.manage"),
  };
}

export async function action(args: ActionFunctionArgs) {
  const { scope } = await requireMember(args);
  const { reserve } = api(args);
  const done = (message: string) =>
    redirectWithToast(args, `/t/${scope.tenant.slug}/billing`, { kind: "success", message });
  const intent = (await args.request.clone().formData()).get("intent");
  if (intent === "top-up")
    return submitForm(args, TopUpFields, async ({ dollars }) => {
      await reserve.topUp({ amountCents: dollars });
      return done("The reserve is topped up");
    });
  return submitForm(args, PolicyFields, async ({ policy, threshold }) => {
    await reserve.setPolicy({ policy, thresholdNano: threshold });
    return done("Saved");
  });
}

export default function BillingPage() {
  const { balance, ledger, current, allowances, canManage } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (intent: string) => (failure?.values["intent"] === intent ? failure : undefined);
  return (
    <div className="flex flex-col gap-6">
      <PlanCard {...{ current, allowances, canManage }} />
      <BalanceCard balance={balance} canTopUp={canManage} failure={failureOf("top-up")} />
      {canManage && <PolicyForm balance={balance} failure={failureOf("policy")} />}
      <LedgerCard {...ledger} canDownload={canManage} />
    </div>
  );
}
