import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Building2 } from "lucide-react";
import { FilterForm } from "~/components/admin/filter-form";
import { TenantTable } from "~/components/admin/tenant-table";
import { PageHeading } from "~/components/shell/page-heading";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Pagination } from "~/components/ui/pagination";
import { ListTenants } from "../../server/admin/contract";
import { SEARCH_LENGTH_MAX } from "../../server/admin/terms";
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
          <Field label="Search" className="col-span-2">
            {(control) => (
              <Input
                {...control}
                type="search"
                name="search"
                maxLength={SEARCH_LENGTH_MAX}
                placeholder="Name, address or id"
                defaultValue={search}
              />
            )}
          </Field>
        </FilterForm>
        {tenants.items.length > 0 ? (
          <TenantTable tenants={tenants.items} />
        ) : (
          <EmptyState
            icon={<Building2 />}
            title="No workspace found"
            description="None has this name, address or id. Clear the search to see all."
          />
        )}
        <Pagination {...tenants} noun={tenants.total === 1 ? "workspace" : "workspaces"} />
      </Card>
    </>
  );
}
