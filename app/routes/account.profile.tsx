import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { NewWorkspace } from "~/components/account/new-workspace";
import { PageHeading } from "~/components/shell/page-heading";
import { Avatar } from "~/components/ui/avatar";
import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { CreateTenant } from "../../server/tenants/contract";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireUser } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Profile · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireUser(args);
  const [me, sessions] = await Promise.all([api(args).auth.me(), api(args).sessions.list()]);
  const current = sessions.items.find((session) => session.isCurrent);
  return { me, signedInAt: current?.createdAt ?? null };
}

export async function action(args: ActionFunctionArgs) {
  await requireUser(args);
  return submitForm(args, CreateTenant, async (input) => {
    const { slug } = await api(args).tenants.create(input);
    return redirectWithToast(args, `/t/${slug}`, { kind: "success", message: "Workspace created" });
  });
}

export default function ProfilePage() {
  const { me, signedInAt } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      <PageHeading title="Profile" />
      <div className="flex flex-col gap-6">
        <Card aria-labelledby="who">
          <div className="flex items-center gap-4 px-5 pt-6 sm:px-6">
            <Avatar name={me.user.name} size="lg" />
            <div className="min-w-0">
              <h2 id="who" className="font-semibold text-lg [overflow-wrap:anywhere]">
                {me.user.name}
              </h2>
              <p className="flex flex-wrap items-center gap-2 text-ink-muted text-sm [overflow-wrap:anywhere]">
                {me.user.email}
                <Badge tone={me.emailVerified ? "success" : "warning"}>
                  {me.emailVerified ? "Confirmed" : "Not confirmed"}
                </Badge>
              </p>
            </div>
          </div>
          <dl className="mt-6 divide-y divide-line border-line border-t">
            <Fact name="Recent activity">
              {signedInAt ? (
                <>
                  Signed in <LocalTime value={signedInAt} hasTime />
                </>
              ) : (
                "—"
              )}
              <Link to="/account/sessions" className={`${TEXT_LINK_CLASS} ml-3 whitespace-nowrap`}>
                All sessions
              </Link>
            </Fact>
          </dl>
        </Card>
        <Card aria-labelledby="workspaces">
          <CardHeader id="workspaces" title="Workspaces" description="Where you work, and as what." />
          <ul className="divide-y divide-line border-line border-t">
            {me.memberships.map(({ tenant, role }) => (
              <li key={tenant.slug}>
                <Link
                  to={`/t/${tenant.slug}`}
                  className="flex items-center gap-3 px-5 py-3 hover:bg-hover sm:px-6"
                >
                  <Avatar name={tenant.name} shape="square" />
                  <span className="min-w-0 flex-1 truncate font-medium">{tenant.name}</span>
                  <Badge className="capitalize">{role}</Badge>
                </Link>
              </li>
            ))}
          </ul>
          <NewWorkspace failure={failure} />
        </Card>
      </div>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1 px-5 py-3.5 text-sm sm:flex-row sm:gap-6 sm:px-6">
      <dt className="w-40 shrink-0 text-ink-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
