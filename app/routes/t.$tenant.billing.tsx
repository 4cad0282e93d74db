import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet } from "@remix-run/react";
import { BillingViews } from "~/components/billing/billing-views";
import { PageHeading } from "~/components/shell/page-heading";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

/** What everybody needs who sees any of these pages. */
export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  return api(args).reserve.balance();
}

export default function BillingLayout() {
  return (
    <>
      <PageHeading title="Billing" description="What this workspace has, uses and pays." />
      <BillingViews />
      <Outlet />
    </>
  );
}
