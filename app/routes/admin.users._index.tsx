import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { PageHeading } from "~/components/shell/page-heading";
import { Card } from "~/components/ui/card";
import { api } from "../api.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Users · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "users.read");
  return api(args).admin.users.list({});
}

export default function UsersPage() {
  const { items, total } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="Users" description={`${total} accounts`} />
      <Card aria-label="Accounts" className="overflow-hidden">
        <ul className="divide-y divide-line">
          {items.map((user) => (
            <li key={user.id} className="px-5 py-3 text-sm [overflow-wrap:anywhere] sm:px-6">
              {user.email}
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}
