import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { ScrollText } from "lucide-react";
import { AuditFilters, type AuditFilterValues } from "~/components/admin/audit-filters";
import { AuditTable } from "~/components/admin/audit-table";
import { LogTurn } from "~/components/audit/log-turn";
import { PageHeading } from "~/components/shell/page-heading";
import { buttonClass } from "~/components/ui/button";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { ListAudit } from "../../server/admin/contract";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Audit log · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireOperator(args, "auditLog.read");
  const query = parseSearch(args.request, ListAudit);
  const { cursor, limit: _, ...asked } = query;
  const filters: AuditFilterValues = Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  );
  return {
    filters,
    isFirst: cursor === undefined,
    canExport: PLATFORM_ROLE_PERMISSIONS[session.platformRole].has("auditLog.export"),
    ...(await api(args).admin.audit.list(query)),
  };
}

export default function AuditLogPage() {
  const { items, nextCursor, filters, isFirst, canExport } = useLoaderData<typeof loader>();
  const asked = new URLSearchParams(filters);
  return (
    <>
      <PageHeading
        title="Audit log"
        description="What was done, by whom, from where. Rows are kept for 365 days and cannot be changed."
        action={
          canExport && (
            // A download is a request of its own, not a page.
            <a href={`/admin/audit-logs/export?${asked}`} download className={buttonClass("secondary")}>
              Download CSV
            </a>
          )
        }
      />
      <Card aria-label="Entries" className="overflow-hidden">
        <AuditFilters values={filters} />
        {items.length > 0 ? (
          <AuditTable entries={items} />
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
