import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { InvoiceList } from "~/components/billing/invoice-list";
import { ListInvoices } from "../../server/billing/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Invoices · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const { cursor } = parseSearch(args.request, ListInvoices.unwrap().pick({ cursor: true }));
  const invoices = await api(args).billing.invoices({ cursor });
  return { ...invoices, isFirst: cursor === undefined };
}

export default function InvoicesPage() {
  return <InvoiceList {...useLoaderData<typeof loader>()} />;
}
