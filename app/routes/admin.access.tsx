import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { Inbox } from "lucide-react";
import { z } from "zod";
import { AccessRequests } from "~/components/admin/access-requests";
import { ACCESS_VIEWS, AccessViews } from "~/components/admin/access-views";
import { InviteList } from "~/components/admin/invite-list";
import { type MadeInvite, NewInvite } from "~/components/admin/new-invite";
import { PageHeading } from "~/components/shell/page-heading";
import { Alert } from "~/components/ui/alert";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Pagination } from "~/components/ui/pagination";
import { NameInvite, NameRequest, RejectRequest } from "../../server/admin/contract";
import { PLATFORM_ROLE_PERMISSIONS } from "../../server/auth/terms";
import { CreateInvite, ListInvites } from "../../server/signup/contract";
import { ACCESS_REQUEST_STATES, INVITE_STATES } from "../../server/signup/terms";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const AccessForm = z.discriminatedUnion("intent", [
  NameRequest.extend({ intent: z.literal("approve") }),
  RejectRequest.extend({ intent: z.literal("reject") }),
  NameInvite.extend({ intent: z.literal("revoke") }),
  CreateInvite.extend({ intent: z.literal("create") }),
]);

const Search = z.strictObject({
  view: z.enum(ACCESS_VIEWS.map(({ view }) => view)).default("pending"),
  page: ListInvites.unwrap().shape.page,
  reject: z.string().optional(),
});

export const meta: MetaFunction = () => [{ title: "Access · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const session = await requireOperator(args, "access.manage");
  const { view, page } = parseSearch(args.request, Search);
  const { access } = api(args).admin;
  const invites = INVITE_STATES.find((state) => state === view);
  const requests = ACCESS_REQUEST_STATES.find((status) => status === view);
  return {
    view,
    hasTrail: PLATFORM_ROLE_PERMISSIONS[session.platformRole].has("auditLog.read"),
    invites: invites ? await access.invites({ state: invites, page }) : null,
    requests: requests ? await access.requests({ status: requests, page }) : null,
  };
}

export async function action(args: ActionFunctionArgs) {
  await requireOperator(args, "access.manage");
  return submitForm(args, AccessForm, async (form) => {
    const { access } = api(args).admin;
    const done = (view: string, message: string) =>
      redirectWithToast(args, `/admin/access?view=${view}`, { kind: "success", message });
    if (form.intent === "approve") {
      await access.approve({ requestId: form.requestId });
      return done("pending", "Approved: the invite is on its way");
    }
    if (form.intent === "reject") {
      await access.reject({ requestId: form.requestId, reason: form.reason });
      return done("pending", "Request rejected");
    }
    if (form.intent === "revoke") {
      await access.revokeInvite({ inviteId: form.inviteId });
      return done("active", "Invite revoked");
    }
    const { intent: _, ...invite } = form;
    return { ok: true as const, made: await access.createInvite(invite) };
  });
}

export default function AccessPage() {
  const { view, requests, invites, hasTrail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [params] = useSearchParams();
  const made: MadeInvite | undefined = answer?.ok ? answer.made : undefined;
  const failure = answer && !answer.ok ? answer : undefined;
  const isOfInvite =
    failure !== undefined && !("requestId" in failure.values || "inviteId" in failure.values);
  const list = requests ?? invites;
  return (
    <>
      <PageHeading title="Access" description="Who asked to be let in, and who was invited." />
      <div className="flex flex-col gap-6">
        {failure && "inviteId" in failure.values && <Alert tone="danger">{failure.message}</Alert>}
        <Card aria-label="Requests and invites" className="overflow-hidden">
          <AccessViews current={view} />
          {list?.items.length === 0 && (
            <EmptyState icon={<Inbox />} title="Nothing here" description={emptyText(view)} />
          )}
          {requests && (
            <AccessRequests requests={requests.items} rejecting={params.get("reject")} failure={failure} />
          )}
          {invites && <InviteList invites={invites.items} hasTrail={hasTrail} />}
          {list && <Pagination {...list} noun={nounOf(requests !== null, list.total)} />}
        </Card>
        <NewInvite made={made} failure={isOfInvite ? failure : undefined} />
      </div>
    </>
  );
}

function nounOf(isRequest: boolean, total: number): string {
  return `${isRequest ? "request" : "invite"}${total === 1 ? "" : "s"}`;
}

function emptyText(view: string): string {
  if (view === "pending") return "Requests from the sign-up page wait here for an answer.";
  if (view === "active") return "No invite is open. Make one below.";
  return "Nothing has come to this yet.";
}
