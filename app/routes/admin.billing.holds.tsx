import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { Hourglass } from "lucide-react";
import { Amount } from "~/components/admin/billing-amount";
import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import { Pagination } from "~/components/ui/pagination";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { OpenHold } from "../../server/admin/billing/holds";
import { ListHolds } from "../../server/admin/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const COLUMNS = ["Workspace", "Held", "Paid by", "For", "Since", "State"];

export const meta: MetaFunction = () => [{ title: "Open holds · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "billing.read");
  return api(args).admin.billing.holds(parseSearch(args.request, ListHolds));
}

export default function HoldsPage() {
  const holds = useLoaderData<typeof loader>();
  return (
    <Card aria-labelledby="holds" className="overflow-hidden">
      <CardHeader
        id="holds"
        title="Open holds"
        description="What is held for calls under way. One that ran out is settled or given back within a minute; one that stands longer is stuck."
      />
      {holds.items.length > 0 ? (
        <FoldingTable columns={COLUMNS} foldsBelow="lg">
          {holds.items.map((hold) => (
            <HoldRow key={hold.id} hold={hold} />
          ))}
        </FoldingTable>
      ) : (
        <EmptyState icon={<Hourglass />} title="Nothing is held" description="No call is under way." />
      )}
      <Pagination {...holds} noun={holds.total === 1 ? "hold" : "holds"} />
    </Card>
  );
}

function HoldRow({ hold }: { hold: OpenHold }) {
  const { tenantId, tenantName, amountNano, payer, purpose, model, createdAt, state, isStuck } = hold;
  const cell = "text-ink-muted max-lg:mt-1 lg:px-3";
  return (
    <tr className="max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-4 max-lg:px-5 max-lg:py-4">
      <th scope="row" className="py-3.5 font-normal max-lg:w-full max-lg:py-0 lg:px-6">
        <Link
          to={`/admin/billing/accounts/${tenantId}`}
          className={`${TEXT_LINK_CLASS} font-medium [overflow-wrap:anywhere]`}
        >
          {tenantName}
        </Link>
      </th>
      <td className={cell}>
        <Amount nano={amountNano} />
      </td>
      <td className={cell}>{payer === "reserve" ? "Reserve" : "Allowance"}</td>
      <td className={`${cell} [overflow-wrap:anywhere]`}>
        {purpose}, {model}
      </td>
      <td className={`${cell} whitespace-nowrap`}>
        <LocalTime value={createdAt} hasTime />
      </td>
      <td className={cell}>
        <Badge tone={isStuck ? "danger" : "secondary"}>
          {isStuck ? "Stuck" : state === "reserved" ? "Not sent yet" : "Under way"}
        </Badge>
      </td>
    </tr>
  );
}
