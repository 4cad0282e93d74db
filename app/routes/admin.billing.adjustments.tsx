import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Scale } from "lucide-react";
import { z } from "zod";
import { AdjustmentList } from "~/components/admin/billing-adjustments";
import { FilterChoice, FilterForm } from "~/components/admin/filter-form";
import { Alert } from "~/components/ui/alert";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Pagination } from "~/components/ui/pagination";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { DecideAdjustment, ListAdjustments } from "../../server/wallet/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const DecisionForm = DecideAdjustment.extend({ intent: z.enum(["approve", "reject"]) });
const STATES = [
  ["pending", "Waiting"],
  ["booked", "Booked"],
  ["rejected", "Turned down"],
] as const;

export const meta: MetaFunction = () => [{ title: "Adjustments · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { userId, platformRole } = await requireOperator(args, "billing.read");
  const query = parseSearch(args.request, ListAdjustments);
  const mayDecide = PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage");
  return {
    adjustments: await api(args).admin.billing.adjustments(query),
    state: query.state,
    deciderId: mayDecide ? userId : null,
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  return submitForm(args, DecisionForm, async ({ intent, ...named }) => {
    const { billing } = api(args).admin;
    if (intent === "approve") await billing.approveAdjustment(named);
    else await billing.rejectAdjustment(named);
    const message = intent === "approve" ? "Booked" : "The adjustment will not be booked";
    return redirectWithToast(args, "/admin/billing/adjustments", { kind: "success", message });
  });
}

export default function AdjustmentsPage() {
  const { adjustments, state, deciderId } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <Card aria-label="Adjustments" className="overflow-hidden">
        <FilterForm label="Adjustments" clearTo="/admin/billing/adjustments" values={{ state }}>
          <FilterChoice label="State" name="state" value={state} options={STATES} />
        </FilterForm>
        {adjustments.items.length > 0 ? (
          <AdjustmentList adjustments={adjustments.items} deciderId={deciderId} />
        ) : (
          <EmptyState
            icon={<Scale />}
            title="No adjustment found"
            description="A reserve is adjusted on the page of its workspace."
          />
        )}
        <Pagination {...adjustments} noun={adjustments.total === 1 ? "adjustment" : "adjustments"} />
      </Card>
    </>
  );
}
