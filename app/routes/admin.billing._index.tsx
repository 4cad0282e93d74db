import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { z } from "zod";
import { BillingBooks } from "~/components/admin/billing-books";
import { DifferencesBanner } from "~/components/admin/billing-differences/overview";
import { GuardBanner, GuardCard } from "~/components/admin/billing-guard";
import { ReserveTable } from "~/components/admin/billing-reserve-table";
import { BillingTotals } from "~/components/admin/billing-totals";
import { FilterForm } from "~/components/admin/filter-form";
import { ReasonedQuestion } from "~/components/admin/reasoned-question";
import { SearchField } from "~/components/admin/search-field";
import { WorkspaceList } from "~/components/admin/workspace-list";
import { Card } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { ReserveQuery } from "../../server/admin/contract";
import type { RESERVE_SORTS } from "../../server/admin/terms";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { SetQuotaGuard } from "../../server/wallet/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { hasBilling, requireOperator, requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const BillingForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("reconcile") }),
  SetQuotaGuard.extend({
    intent: z.literal("guard"),
    isOn: z.enum(["true", "false"]).transform((text) => text === "true"),
  }),
]);

export const meta: MetaFunction = () => [{ title: "Billing · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireOperator(args, "billing.read");
  if (new URL(args.request.url).searchParams.get("act") === "guard") await requireRecent(args);
  const { search = "", sort, ...query } = parseSearch(args.request, ReserveQuery);
  const { billing } = api(args).admin;
  const [summary, comparison] = await Promise.all([
    billing.reserveSummary({ search, sort, ...query }),
    hasBilling() ? billing.comparison() : null,
  ]);
  return {
    summary,
    differences: comparison?.open ?? 0,
    filters: { search, sort },
    mayDecide: PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage"),
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  return submitForm(args, BillingForm, async (form) => {
    const { billing } = api(args).admin;
    if (form.intent === "reconcile") await billing.reconcile();
    else await billing.setQuotaGuard({ isOn: form.isOn, reason: form.reason });
    const message =
      form.intent === "reconcile" ? "The books are being recomputed: look again in a moment" : "Done";
    return redirectWithToast(args, "/admin/billing", { kind: "success", message });
  });
}

export default function AdminBillingPage() {
  const { summary, differences, filters, mayDecide } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const [params] = useSearchParams();
  const { guard } = summary;
  return (
    <>
      <GuardBanner guard={guard} />
      <DifferencesBanner open={differences} />
      {params.get("act") === "guard" && mayDecide ? (
        <ReasonedQuestion
          title={guard.isOn ? "Switch the guard of allowances off?" : "Switch the guard of allowances on?"}
          description="It counts for every workspace from the next call on."
          deed={{ intent: "guard", label: guard.isOn ? "Switch off" : "Switch on", isHarm: guard.isOn }}
          cancelTo="/admin/billing"
          failure={failure}
        >
          {() => <input type="hidden" name="isOn" value={String(!guard.isOn)} />}
        </ReasonedQuestion>
      ) : (
        <GuardCard guard={guard} maySwitch={mayDecide} />
      )}
      <BillingTotals totals={summary.totals} holds={summary.holds} />
      <BillingBooks books={summary.books} mayRun={mayDecide} />
      <Reserves reserves={summary.tenants} filters={filters} />
    </>
  );
}

interface ReservesProps {
  reserves: ReturnType<typeof useLoaderData<typeof loader>>["summary"]["tenants"];
  filters: { search: string; sort: (typeof RESERVE_SORTS)[number] };
}

function Reserves({ reserves, filters }: ReservesProps) {
  return (
    <Card aria-label="Workspaces" className="overflow-hidden">
      <FilterForm label="Workspaces" clearTo="/admin/billing" values={filters}>
        <SearchField value={filters.search} placeholder="Name, address or id" />
        <Field label="First">
          {(control) => (
            <Select {...control} name="sort" defaultValue={filters.sort}>
              <option value="lowest">Lowest balance</option>
              <option value="highest">Highest balance</option>
            </Select>
          )}
        </Field>
      </FilterForm>
      <WorkspaceList page={reserves}>
        <ReserveTable reserves={reserves.items} />
      </WorkspaceList>
    </Card>
  );
}
