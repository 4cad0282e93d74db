import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { DeletedWorkspaces } from "~/components/account/deleted-workspaces";
import { NewWorkspace } from "~/components/account/new-workspace";
import { PageHeading } from "~/components/shell/page-heading";
import { Avatar } from "~/components/ui/avatar";
import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { CreateTenant } from "../../server/tenants/contract";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Workspaces · Parley" }];

const NewWorkspaceFields = CreateTenant.extend({ intent: z.literal("create") });
const RestoreFields = z.strictObject({ intent: z.literal("restore"), slug: z.string().max(100) });

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  const [memberships, deletions] = await Promise.all([
    api(args).tenants.list(),
    api(args).tenants.deletions(),
  ]);
  return { memberships, deletions };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  const intent = (await args.request.clone().formData()).get("intent");
  if (intent === "restore") {
    return submitForm(args, RestoreFields, async ({ slug }) => {
      await api(args, { tenant: slug }).tenants.restore();
      return redirectWithToast(args, `/t/${slug}`, { kind: "success", message: "The workspace is back" });
    });
  }
  return submitForm(args, NewWorkspaceFields, async ({ name }) => {
    const { slug } = await api(args).tenants.create({ name });
    return redirectWithToast(args, `/t/${slug}`, { kind: "success", message: "Workspace created" });
  });
}

export default function WorkspacesPage() {
  const { memberships, deletions } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const isCreating = failure?.values["intent"] === "create";
  return (
    <>
      <PageHeading title="Workspaces" />
      <div className="flex flex-col gap-6">
        <DeletedWorkspaces deletions={deletions} failure={isCreating ? undefined : failure} />
        <Card aria-labelledby="workspaces">
          <CardHeader id="workspaces" title="Your workspaces" description="Where you work, and as what." />
          <ul className="divide-y divide-line border-line border-t">
            {memberships.map(({ tenant, role }) => (
              <li key={tenant.slug}>
                <Link
                  to={`/t/${tenant.slug}`}
                  className="flex items-center gap-3 px-5 py-3 hover:bg-hover sm:px-6"
                >
                  <Avatar name={tenant.name} shape="square" />
                  <span className="min-w-0 flex-1">
                    <span className="block truncate font-medium">{tenant.name}</span>
                    <span className="block truncate text-ink-muted text-xs">/t/{tenant.slug}</span>
                  </span>
                  <Badge className="capitalize">{role}</Badge>
                </Link>
              </li>
            ))}
            {memberships.length === 0 && (
              <li className="px-5 py-4 text-ink-muted text-sm sm:px-6">
                You belong to no workspace. Make one below, or ask somebody to invite you.
              </li>
            )}
          </ul>
          <NewWorkspace failure={isCreating ? failure : undefined} />
        </Card>
      </div>
    </>
  );
}
