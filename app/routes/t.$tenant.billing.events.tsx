import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { EventList } from "~/components/billing/event-list";
import { ListBillingEvents } from "../../server/billing/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Billing events · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  const { cursor } = parseSearch(args.request, ListBillingEvents);
  const page = await api(args).billing.events({ cursor });
  return { ...page, isFirst: cursor === undefined };
}

export default function BillingEventsPage() {
  const page = useLoaderData<typeof loader>();
  // Another page of the log is another list.
  return <EventList key={page.isFirst ? "newest" : page.lastEventId} {...page} />;
}
