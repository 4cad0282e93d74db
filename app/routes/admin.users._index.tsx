import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { UserRoundSearch } from "lucide-react";
import { UserFilters } from "~/components/admin/user-filters";
import { UserTable } from "~/components/admin/user-table";
import { PageHeading } from "~/components/shell/page-heading";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Pagination } from "~/components/ui/pagination";
import { ListUsers } from "../../server/admin/contract";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Users · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireOperator(args, "users.read");
  const query = parseSearch(args.request, ListUsers);
  const { search, status, role, isVerified, hasSecondFactor, sort } = query;
  return {
    users: await api(args).admin.users.list(query),
    filters: {
      sort,
      ...(search !== undefined && { search }),
      ...(status !== undefined && { status }),
      ...(role !== undefined && { role }),
      ...(isVerified !== undefined && { isVerified }),
      ...(hasSecondFactor !== undefined && { hasSecondFactor }),
    },
    viewer: {
      userId: session.userId,
      role: session.platformRole,
      permissions: [...PLATFORM_ROLE_PERMISSIONS[session.platformRole]],
    },
  };
}

export default function UsersPage() {
  const { users, filters, viewer } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="Users" description="Every account, whatever its workspaces." />
      <Card aria-label="Accounts" className="overflow-hidden">
        <UserFilters values={filters} />
        {users.items.length > 0 ? (
          <UserTable users={users.items} viewer={viewer} />
        ) : (
          <EmptyState
            icon={<UserRoundSearch />}
            title="Nobody found"
            description="No account fits these filters. Clear them to see everybody."
          />
        )}
        <Pagination {...users} noun={users.total === 1 ? "account" : "accounts"} />
      </Card>
    </>
  );
}
