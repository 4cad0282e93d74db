import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { FilterForm } from "~/components/admin/filter-form";
import { SearchField } from "~/components/admin/search-field";
import { TenantTable } from "~/components/admin/tenant-table";
import { WorkspaceList } from "~/components/admin/workspace-list";
import { PageHeading } from "~/components/shell/page-heading";
import { Card } from "~/components/ui/card";
import { ListTenants } from "../../server/admin/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Workspaces · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "tenants.read");
  const query = parseSearch(args.request, ListTenants);
  return { tenants: await api(args).admin.tenants.list(query), search: query.search ?? "" };
}

export default function TenantsPage() {
  const { tenants, search } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="Workspaces" description="Facts and numbers. What people write stays theirs." />
      <Card aria-label="Workspaces" className="overflow-hidden">
        <FilterForm label="Workspaces" clearTo="/admin/tenants" values={{ search }}>
          <SearchField value={search} placeholder="Name, address or id" />
        </FilterForm>
        <WorkspaceList page={tenants}>
          <TenantTable tenants={tenants.items} />
        </WorkspaceList>
      </Card>
    </>
  );
}
