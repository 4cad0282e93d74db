import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { BalanceCard } from "~/components/billing/balance-card";
import { LedgerCard } from "~/components/billing/ledger-card";
import { PlanCard } from "~/components/billing/plan-card";
import { PolicyForm } from "~/components/billing/policy-form";
import { ChangePlan } from "../../server/catalogue/contract";
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
  const [balance, ledger, current, sold, allowances] = await Promise.all([
    reserve.balance(),
    reserve.ledger({ cursor }),
    plans.current(),
    plans.list(),
    limits.allowances(),
  ]);
  return {
    balance,
    ledger: { ...ledger, isFirst: cursor === undefined },
    current,
    plans: sold.items,
    allowances: allowances.items,
    canManage: scope.permissions.has("billing.manage"),
  };
}

export async function action(args: ActionFunctionArgs) {
  const { scope } = await requireMember(args);
  const { reserve, plans } = api(args);
  const done = (message: string) =>
    redirectWithToast(args, `/t/${scope.tenant.slug}/billing`, { kind: "success", message });
  const intent = (await args.request.clone().formData()).get("intent");
  if (intent === "top-up")
    return submitForm(args, TopUpFields, async ({ dollars }) => {
      await reserve.topUp({ amountCents: dollars });
      return done("The reserve is topped up");
    });
  if (intent === "plan")
    return submitForm(args, ChangePlan.strip(), async ({ plan }) => {
      await plans.change({ plan });
      return done("The plan has changed");
    });
  return submitForm(args, PolicyFields, async ({ policy, threshold }) => {
    await reserve.setPolicy({ policy, thresholdNano: threshold });
    return done("Saved");
  });
}

export default function BillingPage() {
  const { balance, ledger, current, plans, allowances, canManage } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (intent: string) => (failure?.values["intent"] === intent ? failure : undefined);
  return (
    <div className="flex flex-col gap-6">
      <PlanCard {...{ current, plans, allowances, canManage }} failure={failureOf("plan")} />
      <BalanceCard balance={balance} canTopUp={canManage} failure={failureOf("top-up")} />
      {canManage && <PolicyForm balance={balance} failure={failureOf("policy")} />}
      <LedgerCard {...ledger} canDownload={canManage} />
    </div>
  );
}
