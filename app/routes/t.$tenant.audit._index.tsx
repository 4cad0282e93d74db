import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData, useParams } from "@remix-run/react";
import { ScrollText } from "lucide-react";
import { FilterChoice, FilterForm } from "~/components/admin/filter-form";
import { AuditList } from "~/components/audit/audit-list";
import { LogTurn } from "~/components/audit/log-turn";
import { PageHeading } from "~/components/shell/page-heading";
import { buttonClass } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { DayRangeFields } from "~/components/ui/day-range-fields";
import { EmptyState } from "~/components/ui/empty-state";
import { ListTenantAudit } from "../../server/tenants/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Audit log · Parley" }];

const ACTIONS = [
  ["tenant.", "Workspace and settings"],
  ["member.", "People"],
  ["conversation.", "Conversations"],
  ["limits_changed", "Limits"],
  ["reserve.", "Reserve"],
  ["service_account.", "Machine accounts"],
  ["support_access.", "Support access"],
  ["audit.", "Audit log"],
] as const;

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const query = parseSearch(args.request, ListTenantAudit);
  const { cursor, limit: _, ...asked } = query;
  const { tenants } = api(args);
  const [page, actors] = await Promise.all([tenants.auditLog(query), tenants.auditActors()]);
  const filters: Record<string, string> = Object.fromEntries(
    Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { ...page, actors, filters, isFirst: cursor === undefined };
}

export default function TenantAuditPage() {
  const { items, nextCursor, actors, filters, isFirst } = useLoaderData<typeof loader>();
  const { tenant } = useParams();
  return (
    <>
      <PageHeading
        title="Audit log"
        description="Who did what in this workspace. Entries are kept for 365 days and cannot be changed; the file can be verified without Parley."
        action={
          // A download is a request of its own, not a page.
          <a
            href={`/t/${tenant}/audit/export?${new URLSearchParams(filters)}`}
            download
            className={buttonClass("secondary")}
          >
            Download CSV
          </a>
        }
      />
      <Card aria-label="Entries" className="overflow-hidden">
        <Filters values={filters} actors={actors} />
        {items.length > 0 ? (
          <AuditList entries={items} />
        ) : (
          <EmptyState
            icon={<ScrollText />}
            title="No entries"
            description="Nothing fits these filters. Clear them to see everything."
          />
        )}
        <LogTurn nextCursor={nextCursor} isFirst={isFirst} />
      </Card>
    </>
  );
}

interface FiltersProps {
  values: Record<string, string>;
  actors: readonly { id: string; name: string }[];
}

function Filters({ values, actors }: FiltersProps) {
  const { tenant } = useParams();
  const people = actors.map(({ id, name }) => [id, name] as const);
  const asked = values["actor"];
  // Somebody who has left is not in the list, and may be asked for by a link.
  const isFormer = asked !== undefined && !actors.some(({ id }) => id === asked);
  return (
    <FilterForm label="Audit log" clearTo={`/t/${tenant}/audit`} values={values}>
      <FilterChoice
        label="Person"
        name="actor"
        value={asked}
        options={isFormer ? [...people, [asked, "A former member"]] : people}
      />
      <FilterChoice label="About" name="action" value={values["action"]} options={ACTIONS} />
      <DayRangeFields from={values["from"]} to={values["to"]} />
    </FilterForm>
  );
}
