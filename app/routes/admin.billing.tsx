import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { AdminBillingViews } from "~/components/admin/billing-views";
import { PageHeading } from "~/components/shell/page-heading";
import { hasBilling, requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "billing.read");
  return { hasBilling: hasBilling() };
}

export default function AdminBillingLayout() {
  const { hasBilling } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading
        title="Billing"
        description="What workspaces have and cost, in sums. What people write is not among them."
      />
      <div className="flex flex-col gap-6">
        <AdminBillingViews hasBilling={hasBilling} />
        <Outlet />
      </div>
    </>
  );
}
