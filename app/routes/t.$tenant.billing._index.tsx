import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { BalanceCard } from "~/components/billing/balance-card";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Billing · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireMember(args);
  return { balance: await api(args).reserve.balance() };
}

export default function BillingPage() {
  const { balance } = useLoaderData<typeof loader>();
  return (
    <div className="flex flex-col gap-6">
      <BalanceCard balance={balance} />
    </div>
  );
}
