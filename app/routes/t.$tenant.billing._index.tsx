import {
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/node";
import { Link, useActionData, useLoaderData, useParams } from "@remix-run/react";
import { z } from "zod";
import { AutoTopUpCard } from "~/components/billing/auto-top-up-card";
import { BalanceCard } from "~/components/billing/balance-card";
import { LatestInvoices } from "~/components/billing/invoice-list";
import { LatestEvents } from "~/components/billing/latest-events";
import { LedgerCard } from "~/components/billing/ledger-card";
import { LiveRefresh } from "~/components/billing/live-refresh";
import { MonthCard } from "~/components/billing/month-card";
import { PaymentReturn } from "~/components/billing/payment-return";
import { PlanCard } from "~/components/billing/plan-card";
import { PolicyForm } from "~/components/billing/policy-form";
import { buttonClass } from "~/components/ui/button";
import { DollarsAsCents, DollarsAsNano, ListLedger, SetPolicy } from "../../server/wallet/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Billing · Parley" }];

const LATEST_EVENTS = 5;
const LATEST_INVOICES = 3;

const PolicyFields = z.object({ policy: SetPolicy.shape.policy, threshold: DollarsAsNano });
const AutoTopUpFields = z.object({
  isEnabled: z.literal("on").optional(),
  thresholdNano: DollarsAsNano,
  amountCents: DollarsAsCents,
  monthCeilingCents: DollarsAsCents,
  version: z.coerce.number(),
});
const TopUpFields = z.object({ dollars: DollarsAsCents });

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const { cursor } = parseSearch(args.request, ListLedger);
  const { reserve, plans, limits, billing } = api(args);
  // Read before the rest: what is told meanwhile is told again, and the page read once more.
  const { items: events, lastEventId } = await billing.events({ limit: LATEST_EVENTS });
  const [view, invoices, balance, ledger, current, allowances, month, autoTopUp] = await Promise.all([
    billing.subscription(),
    billing.invoices({ limit: LATEST_INVOICES }),
    reserve.balance(),
    reserve.ledger({ cursor }),
    plans.current(),
    limits.allowances(),
    limits.get(),
    reserve.autoTopUp(),
  ]);
  return {
    ...view,
    events,
    invoices: invoices.items,
    month,
    balance,
    ledger: { ...ledger, isFirst: cursor === undefined },
    current,
    allowances: allowances.items,
    autoTopUp,
    lastEventId,
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
      const { url } = await reserve.topUp({ amountCents: dollars });
      return url.startsWith("/") ? done("The reserve is topped up") : redirect(url, 303);
    });
  if (intent === "auto-top-up")
    return submitForm(args, AutoTopUpFields, async ({ isEnabled, ...numbers }) => {
      await reserve.setAutoTopUp({ isEnabled: isEnabled === "on", ...numbers });
      return done("Saved");
    });
  return submitForm(args, PolicyFields, async ({ policy, threshold }) => {
    await reserve.setPolicy({ policy, thresholdNano: threshold });
    return done("Saved");
  });
}

export default function BillingPage() {
  const { invoices, events, month, balance, ledger, autoTopUp, lastEventId, canManage, ...plan } =
    useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (intent: string) => (failure?.values["intent"] === intent ? failure : undefined);
  return (
    <div className="flex flex-col gap-6">
      <LiveRefresh lastEventId={lastEventId} />
      <PaymentReturn isSubscribed={plan.subscription !== null} />
      <PlanCard {...plan} canManage={canManage} />
      <LatestInvoices items={invoices} />
      <BalanceCard balance={balance} canTopUp={canManage} failure={failureOf("top-up")} />
      {canManage && <AutoTopUpCard autoTopUp={autoTopUp} failure={failureOf("auto-top-up")} />}
      {canManage && <PolicyForm balance={balance} failure={failureOf("policy")} />}
      <MonthCard limits={month} action={<ToLimits canManage={canManage} />} />
      <LedgerCard {...ledger} canDownload={canManage} />
      <LatestEvents items={events} />
    </div>
  );
}

function ToLimits({ canManage }: { canManage: boolean }) {
  const { tenant } = useParams();
  return (
    <Link to={`/t/${tenant}/limits`} className={buttonClass("secondary", "sm")}>
      {canManage ? "Change the limits" : "See the limits"}
    </Link>
  );
}
