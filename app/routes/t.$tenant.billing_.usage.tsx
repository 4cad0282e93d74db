import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData, useParams } from "@remix-run/react";
import { ChartColumn } from "lucide-react";
import { BillingViews } from "~/components/billing/billing-views";
import { PageHeading } from "~/components/shell/page-heading";
import { buttonClass } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { AllowanceMeters } from "~/components/usage/allowance-meters";
import { RangeForm } from "~/components/usage/range-form";
import { UsageSection } from "~/components/usage/usage-section";
import { UsageTotals } from "~/components/usage/usage-totals";
import { UsageRange } from "../../server/usage/contract";
import { USAGE_GROUPS } from "../../server/usage/terms";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Usage · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const range = parseSearch(args.request, UsageRange);
  const { usage, limits, plans } = api(args);
  const [allowances, current, ...reports] = await Promise.all([
    limits.allowances(),
    plans.current(),
    ...USAGE_GROUPS.map((groupBy) => usage.summary({ ...range, groupBy })),
  ]);
  return { allowances: allowances.items, current, reports, today: new Date().toISOString().slice(0, 10) };
}

export default function UsagePage() {
  const { allowances, current, reports, today } = useLoaderData<typeof loader>();
  const [report] = reports;
  if (report === undefined) return null;
  const { from, to, total, isWhole } = report;
  return (
    <>
      <PageHeading
        title={isWhole ? "Billing" : "Usage"}
        description={
          isWhole ? "What this workspace has, uses and pays." : "What your own questions have used."
        }
      />
      {isWhole && <BillingViews />}
      <RangeForm from={from} to={to} today={today} />
      <div className="flex flex-col gap-6">
        <AllowanceMeters current={current} allowances={allowances} />
        {total.calls === 0 ? (
          <NothingUsed />
        ) : (
          <UsageTotals total={total} action={<Files from={from} to={to} />} />
        )}
        {reports
          .filter(({ groupBy }) => isWhole || groupBy !== "member")
          .map((one) => (
            <UsageSection key={one.groupBy} report={one} />
          ))}
      </div>
    </>
  );
}

function NothingUsed() {
  return (
    <Card aria-label="Use">
      <EmptyState
        icon={<ChartColumn />}
        title="Nothing was used in these days"
        description="Ask an agent something, or look at other days."
      />
    </Card>
  );
}

/** Downloads are requests of their own, not pages. */
function Files({ from, to }: { from: string; to: string }) {
  const { tenant } = useParams();
  return (
    <div className="flex gap-2">
      {(["csv", "json"] as const).map((format) => (
        <a
          key={format}
          href={`/t/${tenant}/billing/usage/export?${new URLSearchParams({ from, to, format })}`}
          download
          className={buttonClass("secondary", "sm")}
        >
          Download {format.toUpperCase()}
        </a>
      ))}
    </div>
  );
}
