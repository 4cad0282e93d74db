import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { AskAccess } from "~/components/admin/ask-access";
import { Fact } from "~/components/admin/fact";
import { PlanWords, TenantStatus } from "~/components/admin/tenant-table";
import { PageHeading } from "~/components/shell/page-heading";
import { GrantText } from "~/components/support/grant-words";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { TenantDetail } from "../../server/admin/tenants";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { AskSupportAccess, NameGrant } from "../../server/support-access/contract";
import type { GrantItem } from "../../server/support-access/items";
import { api } from "../api.server";
import { redirectWithToast, submitForm } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const TenantForm = z.discriminatedUnion("intent", [
  AskSupportAccess.omit({ tenant: true }).extend({ intent: z.literal("ask") }),
  NameGrant.extend({ intent: z.literal("withdraw") }),
]);

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.tenant.name ?? "Workspace"} · Parley` },
];

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireOperator(args, "tenants.read");
  const tenant = await api(args).admin.tenants.get({ tenantId: args.params["tenantId"] ?? "" });
  const permissions = PLATFORM_ROLE_PERMISSIONS[session.platformRole];
  const may = { mayAsk: permissions.has("tenants.support"), seesMoney: permissions.has("billing.read") };
  return { tenant, viewerId: session.userId, ...may };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "tenants.support");
  const tenant = args.params["tenantId"] ?? "";
  return submitForm(args, TenantForm, async ({ intent, ...form }) => {
    const { supportAccess } = api(args);
    const isQuestion = "reason" in form;
    if (isQuestion) await supportAccess.ask({ tenant, ...form });
    else await supportAccess.withdraw(form);
    const message = isQuestion ? "Asked: the workspace's admins have a mail" : "Done";
    return redirectWithToast(args, `/admin/tenants/${tenant}`, { kind: "success", message });
  });
}

export default function TenantPage() {
  const { tenant, viewerId, mayAsk, seesMoney } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const ofGrant = failure && "grantId" in failure.values ? failure : undefined;
  const isWaiting = tenant.grants.some((g) => g.operatorId === viewerId && g.state === "pending");
  return (
    <>
      <Link to="/admin/tenants" className={`${TEXT_LINK_CLASS} mb-4 self-start text-sm`}>
        All workspaces
      </Link>
      <PageHeading title={tenant.name} description={tenant.slug} />
      <div className="flex flex-col gap-6">
        {ofGrant && <Alert tone="danger">{ofGrant.message}</Alert>}
        <Facts tenant={tenant} seesMoney={seesMoney} />
        <Grants tenant={tenant} viewerId={viewerId} />
        {mayAsk && !isWaiting && tenant.status === "active" && (
          <AskAccess failure={ofGrant ? undefined : failure} />
        )}
      </div>
    </>
  );
}

function Facts({ tenant, seesMoney }: { tenant: TenantDetail; seesMoney: boolean }) {
  const { owner, admin, member, viewer } = tenant.membersByRole;
  return (
    <Card aria-label="Facts">
      <dl className="divide-y divide-line">
        <Fact name="Status">
          <TenantStatus status={tenant.status} />
        </Fact>
        <Fact name="Plan">
          <PlanWords plan={tenant.plan} />
          {seesMoney && (
            <Link to={`/admin/billing/accounts/${tenant.id}`} className={`${TEXT_LINK_CLASS} ml-3`}>
              Reserve and limits
            </Link>
          )}
        </Fact>
        <Fact name="Seats">
          {tenant.memberCount} of {tenant.seatLimit ?? "any number"}
        </Fact>
        <Fact name="Members">
          Owners {owner}, admins {admin}, members {member}, viewers {viewer}
        </Fact>
        <Fact name="Conversations">{tenant.conversationCount}</Fact>
        <Fact name="Last active">
          {tenant.lastActiveAt ? <LocalTime value={tenant.lastActiveAt} hasTime /> : "Never"}
        </Fact>
        <Fact name="Created">
          <LocalTime value={tenant.createdAt} hasTime />
        </Fact>
        <Fact name="Workspace id">
          <code className="text-[13px]">{tenant.id}</code>
        </Fact>
      </dl>
    </Card>
  );
}

function Grants({ tenant, viewerId }: { tenant: TenantDetail; viewerId: string }) {
  return (
    <Card aria-labelledby="grants">
      <CardHeader id="grants" title="Support access" description="Who asked to look in, and the answers." />
      {tenant.grants.length === 0 && <EmptyState title="Nobody has asked yet" className="pt-0" />}
      <ul className="divide-y divide-line border-line border-t empty:hidden">
        {tenant.grants.map((grant) => (
          <li
            key={grant.grantId}
            className="flex flex-wrap items-start justify-between gap-4 px-5 py-4 sm:px-6"
          >
            <GrantText grant={grant} />
            {grant.operatorId === viewerId && <OwnGrant grant={grant} slug={tenant.slug} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function OwnGrant({ grant, slug }: { grant: GrantItem; slug: string }) {
  if (grant.state !== "live" && grant.state !== "pending") return null;
  return (
    <Form method="post" className="flex gap-2">
      <input type="hidden" name="grantId" value={grant.grantId} />
      {grant.state === "live" && (
        <Link to={`/t/${slug}/support-access`} className={buttonClass("primary", "sm")}>
          Look in
        </Link>
      )}
      <Button type="submit" name="intent" value="withdraw" variant="secondary" size="sm">
        {grant.state === "live" ? "End access" : "Withdraw"}
      </Button>
    </Form>
  );
}
