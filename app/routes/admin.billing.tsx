import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet } from "@remix-run/react";
import { AdminBillingViews } from "~/components/admin/billing-views";
import { PageHeading } from "~/components/shell/page-heading";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "billing.read");
  return null;
}

export default function AdminBillingLayout() {
  return (
    <>
      <PageHeading
        title="Billing"
        description="What workspaces have and cost, in sums. What people write is not among them."
      />
      <div className="flex flex-col gap-6">
        <AdminBillingViews />
        <Outlet />
      </div>
    </>
  );
}
