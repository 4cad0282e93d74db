import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { Scale } from "lucide-react";
import { z } from "zod";
import { ComparisonCard } from "~/components/admin/billing-differences/overview";
import { DifferenceTable } from "~/components/admin/billing-differences/table";
import { KIND_WORDS } from "~/components/admin/billing-differences/words";
import { FilterForm } from "~/components/admin/filter-form";
import { LogTurn } from "~/components/audit/log-turn";
import { Alert } from "~/components/ui/alert";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { ListDifferences, NameDifference } from "../../server/billing/contract";
import { DIFFERENCE_KINDS, type DifferenceKind } from "../../server/billing/terms";
import { api } from "../api.server";
import { pagePath, parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const DifferencesForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("compare") }),
  NameDifference.extend({ intent: z.literal("repair") }),
]);

export const meta: MetaFunction = () => [{ title: "Differences · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { platformRole } = await requireOperator(args, "billing.read");
  const query = parseSearch(args.request, ListDifferences);
  const { billing } = api(args).admin;
  const [differences, comparison] = await Promise.all([billing.differences(query), billing.comparison()]);
  const mayDecide = PLATFORM_ROLE_PERMISSIONS[platformRole].has("billing.manage");
  const filters = { state: query.state, kind: query.kind };
  return { ...differences, comparison, filters, isFirst: query.cursor === undefined, mayDecide };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "billing.manage");
  return submitForm(args, DifferencesForm, async (form) => {
    const { billing } = api(args).admin;
    if (form.intent === "compare") await billing.compare();
    else await billing.repairDifference({ differenceId: form.differenceId });
    const message =
      form.intent === "compare"
        ? "It is being compared: look again in some minutes"
        : "It is being repaired: look again in a moment";
    return redirectWithToast(args, pagePath(args.request), { kind: "success", message });
  });
}

export default function DifferencesPage() {
  const { items, nextCursor, comparison, filters, isFirst, mayDecide } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      <ComparisonCard comparison={comparison} mayCompare={mayDecide} />
      {failure && <Alert tone="danger">{failure.message}</Alert>}
      <Card aria-label="Differences" className="overflow-hidden">
        <DifferenceFilters {...filters} />
        {items.length > 0 ? (
          <DifferenceTable differences={items} mayRepair={mayDecide} />
        ) : (
          <EmptyState
            icon={<Scale />}
            title="No difference found"
            description={
              filters.state === "open" ? "Nothing of this kind differs." : "Nothing of this kind did."
            }
          />
        )}
        <LogTurn nextCursor={nextCursor} isFirst={isFirst} />
      </Card>
    </>
  );
}

interface Filters {
  state: "open" | "resolved";
  kind: DifferenceKind | undefined;
}

function DifferenceFilters({ state, kind }: Filters) {
  return (
    <FilterForm label="Differences" clearTo="/admin/billing/differences" values={{ state, kind }}>
      <Field label="State">
        {(control) => (
          <Select {...control} name="state" defaultValue={state}>
            <option value="open">Open</option>
            <option value="resolved">Over</option>
          </Select>
        )}
      </Field>
      <Field label="Kind">
        {(control) => (
          <Select {...control} name="kind" defaultValue={kind ?? ""}>
            <option value="">Any</option>
            {DIFFERENCE_KINDS.map((option) => (
              <option key={option} value={option}>
                {KIND_WORDS[option]}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </FilterForm>
  );
}
