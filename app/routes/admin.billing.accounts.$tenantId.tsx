import { randomUUID } from "node:crypto";
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { AccountDeeds, AccountFacts } from "~/components/admin/billing-account";
import { AccountQuestion } from "~/components/admin/billing-account-question";
import { AdjustmentList } from "~/components/admin/billing-adjustments";
import { type AccountDeed, DEEDS } from "~/components/admin/billing-deeds";
import { Alert } from "~/components/ui/alert";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Pagination } from "~/components/ui/pagination";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { OverrideBlock } from "../../server/catalogue/contract";
import { MoneyText } from "../../server/platform/contract";
import {
  AdjustReserve,
  DecideAdjustment,
  ListAdjustments,
  SetTenantPolicy,
} from "../../server/wallet/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireOperator, requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const decide = DecideAdjustment.omit({ tenantId: true }).extend({ tenantId: z.string().optional() });

const AccountForm = z.discriminatedUnion("intent", [
  AdjustReserve.omit({ tenantId: true }).extend({ intent: z.literal("adjust"), amountNano: MoneyText }),
  SetTenantPolicy.omit({ tenantId: true }).extend({
    intent: z.literal("policy"),
    lowThresholdNano: MoneyText,
    floorNano: MoneyText,
  }),
  OverrideBlock.omit({ tenantId: true }).extend({
    intent: z.literal("override"),
    hours: z
      .string()
      .regex(/^\d{1,3}$/, "Choose how long.")
      .transform(Number),
  }),
  decide.extend({ intent: z.literal("approve") }),
  decide.extend({ intent: z.literal("reject") }),
]);
type AccountForm = z.output<typeof AccountForm>;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.account.name ?? "Reserve"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  const { userId, platformRole } = await requireOperator(args, "billing.read");
  const act = new URL(args.request.url).searchParams.get("act") ?? "";
  // Before the question rather than after the answer, so that nothing typed is lost.
  if (act in DEEDS) await requireRecent(args);
  const tenantId = args.params["tenantId"] ?? "";
  const { billing } = api(args).admin;
  const [account, adjustments] = await Promise.all([
    billing.account({ tenantId }),
    billing.adjustments({ ...parseSearch(args.request, ListAdjustments), tenantId }),
  ]);
  const mayDecide = PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage");
  return { account, adjustments, deciderId: mayDecide ? userId : null, requestId: randomUUID() };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  const tenantId = args.params["tenantId"] ?? "";
  return submitForm(args, AccountForm, async (form) => {
    const message = await carryOut(api(args).admin.billing, tenantId, form);
    return redirectWithToast(args, `/admin/billing/accounts/${tenantId}`, { kind: "success", message });
  });
}

type Desk = ReturnType<typeof api>["admin"]["billing"];

/** Does what the form asks for; answers what to say. */
async function carryOut(desk: Desk, tenantId: string, form: AccountForm): Promise<string> {
  if (form.intent === "adjust") {
    const { intent: _, ...input } = form;
    const { state } = await desk.adjustReserve({ tenantId, ...input });
    return state === "booked" ? "Booked" : "It waits for a second operator";
  }
  if (form.intent === "policy") {
    const { intent: _, ...input } = form;
    await desk.setPolicy({ tenantId, ...input });
    return "Policy changed";
  }
  if (form.intent === "override") {
    await desk.overrideBlock({ tenantId, hours: form.hours, reason: form.reason });
    return form.hours === 0 ? "Blocks count again" : "Blocks are lifted";
  }
  const named = { tenantId, adjustmentId: form.adjustmentId };
  if (form.intent === "approve") await desk.approveAdjustment(named);
  else await desk.rejectAdjustment(named);
  return form.intent === "approve" ? "Booked" : "The adjustment will not be booked";
}

export default function AccountPage() {
  const { account, adjustments, deciderId, requestId } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const [params] = useSearchParams();
  const act = params.get("act") ?? "";
  const asked = deciderId !== null && act in DEEDS ? (act as AccountDeed) : null;
  return (
    <>
      <h2 className="font-semibold text-lg [overflow-wrap:anywhere]">{account.name}</h2>
      {!asked && failure && <Alert tone="danger">{failure.message}</Alert>}
      {asked && <AccountQuestion {...{ deed: asked, account, failure, requestId }} />}
      <AccountFacts account={account} />
      {!asked && deciderId !== null && <AccountDeeds />}
      <Card aria-labelledby="adjustments">
        <CardHeader id="adjustments" title="Adjustments" />
        {adjustments.items.length > 0 ? (
          <AdjustmentList adjustments={adjustments.items} deciderId={deciderId} />
        ) : (
          <EmptyState title="None yet" className="pt-0" />
        )}
        <Pagination {...adjustments} noun={adjustments.total === 1 ? "adjustment" : "adjustments"} />
      </Card>
    </>
  );
}
