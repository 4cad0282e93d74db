import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { ChartColumn } from "lucide-react";
import { Amount } from "~/components/admin/billing-amount";
import { FilterForm } from "~/components/admin/filter-form";
import { Alert } from "~/components/ui/alert";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Field } from "~/components/ui/field";
import { FoldingTable } from "~/components/ui/folding-table";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { CostItem, CostSums } from "../../server/admin/billing/costs";
import { CostsQuery } from "../../server/admin/contract";
import { api } from "../api.server";
import { messageOfRefusal, parseSearch } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const GROUP_LABELS = { day: "Day", model: "Model", tenant: "Workspace" };

export const meta: MetaFunction = () => [{ title: "Costs · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "billing.read");
  const { usageCosts } = api(args).admin.billing;
  const query = parseSearch(args.request, CostsQuery);
  try {
    return { costs: await usageCosts(query), refusal: null };
  } catch (thrown) {
    const refusal = messageOfRefusal(thrown);
    return { costs: await usageCosts({ groupBy: query.groupBy }), refusal };
  }
}

export default function CostsPage() {
  const { costs, refusal } = useLoaderData<typeof loader>();
  const { groupBy, from, to, total, items } = costs;
  return (
    <>
      {refusal && <Alert tone="danger">{refusal} These are the last 30 days.</Alert>}
      <Card aria-label="Costs" className="overflow-hidden">
        <FilterForm label="Costs" clearTo="/admin/billing/costs" values={{ groupBy, from, to }}>
          <Field label="First day">
            {(control) => <Input {...control} type="date" name="from" defaultValue={from} />}
          </Field>
          <Field label="Last day">
            {(control) => <Input {...control} type="date" name="to" defaultValue={to} />}
          </Field>
          <Field label="By">
            {(control) => (
              <Select {...control} name="groupBy" defaultValue={groupBy}>
                {Object.entries(GROUP_LABELS).map(([group, label]) => (
                  <option key={group} value={group}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </FilterForm>
        {items.length > 0 ? (
          <FoldingTable columns={[GROUP_LABELS[groupBy], ...COLUMNS]} foldsBelow="lg">
            <CostRow name="All" sums={total} />
            {items.map((item) => (
              <CostRow key={item.key} name={<ItemName item={item} groupBy={groupBy} />} sums={item} />
            ))}
          </FoldingTable>
        ) : (
          <EmptyState
            icon={<ChartColumn />}
            title="No calls in these days"
            description="Choose other days, or clear the filters."
          />
        )}
      </Card>
    </>
  );
}

const COLUMNS = ["Cost", "Charged to reserves", "Calls", "Tokens in", "Tokens out"];

function ItemName({ item, groupBy }: { item: CostItem; groupBy: keyof typeof GROUP_LABELS }) {
  if (groupBy !== "tenant") return item.label;
  return (
    <Link to={`/admin/billing/accounts/${item.key}`} className={TEXT_LINK_CLASS}>
      {item.label}
    </Link>
  );
}

function CostRow({ name, sums }: { name: React.ReactNode; sums: CostSums }) {
  const cell = "tabular-nums max-lg:mt-1 lg:px-3";
  return (
    <tr className="max-lg:flex max-lg:flex-wrap max-lg:gap-x-4 max-lg:px-5 max-lg:py-4">
      <th
        scope="row"
        className="py-3.5 font-medium [overflow-wrap:anywhere] max-lg:w-full max-lg:py-0 lg:px-6"
      >
        {name}
      </th>
      <td className={cell}>
        <Amount nano={sums.costNano} />
      </td>
      <td className={cell}>
        <Amount nano={sums.chargedNano} />
        <span className="lg:hidden"> charged</span>
      </td>
      <td className={`${cell} text-ink-muted`}>
        {counted(sums.calls)}
        <span className="lg:hidden"> calls</span>
      </td>
      <td className={`${cell} text-ink-muted`}>
        {counted(sums.inputTokens)}
        <span className="lg:hidden"> in</span>
      </td>
      <td className={`${cell} text-ink-muted`}>
        {counted(sums.outputTokens)}
        <span className="lg:hidden"> out</span>
      </td>
    </tr>
  );
}

function counted(number: number | string): string {
  return BigInt(number).toLocaleString("en-US");
}
