import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { IsolationCard } from "~/components/admin/isolation-card";
import { SystemParts } from "~/components/admin/system-parts";
import { SystemWorkers } from "~/components/admin/system-workers";
import { PageHeading } from "~/components/shell/page-heading";
import { api } from "../api.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "System · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "system.read");
  return api(args).admin.system.get();
}

export default function SystemPage() {
  const { version, health, isolation } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="System" description={`Parley ${version}, as it is at this moment.`} />
      <div className="flex flex-col gap-6">
        <SystemParts health={health} />
        <SystemWorkers workers={health.workers} />
        <IsolationCard {...isolation} />
      </div>
    </>
  );
}
