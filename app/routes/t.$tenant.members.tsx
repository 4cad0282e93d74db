import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { UserRoundSearch } from "lucide-react";
import { z } from "zod";
import { InvitePeople as InviteCard } from "~/components/members/invite-people";
import { LeaveWorkspace } from "~/components/members/leave-workspace";
import { useListAddress } from "~/components/members/list-address";
import { ListTurn } from "~/components/members/list-turn";
import { MemberCard } from "~/components/members/member-card";
import { MemberSearch } from "~/components/members/member-search";
import { isChangeable, MemberTable } from "~/components/members/member-table";
import { OpenInvites } from "~/components/members/open-invites";
import { PageHeading } from "~/components/shell/page-heading";
import { Card } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import {
  InvitePeople,
  ListMembers,
  NameInvite,
  NameMember,
  SetRole,
  Transfer,
} from "../../server/members/contract";
import { MEMBER_SEARCH_FROM } from "../../server/members/terms";
import type { Scope } from "../../server/tenants/scope";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireMember, requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Members · Parley" }];

const { search, cursor } = ListMembers.unwrap().shape;
const Search = z.object({
  search,
  cursor,
  /** Where the list of invites goes on. */
  invites: cursor,
  person: NameMember.shape.userId.optional(),
  act: z.enum(["remove", "transfer", "leave"]).optional(),
});

const MembersForm = z.discriminatedUnion("intent", [
  SetRole.extend({ intent: z.literal("role") }),
  NameMember.extend({ intent: z.literal("remove") }),
  Transfer.extend({ intent: z.literal("transfer") }),
  z.strictObject({ intent: z.literal("leave") }),
  InvitePeople.extend({ intent: z.literal("invite") }),
  NameInvite.extend({ intent: z.literal("resend") }),
  NameInvite.extend({ intent: z.literal("copy") }),
  NameInvite.extend({ intent: z.literal("revoke") }),
]);
type MembersForm = z.output<typeof MembersForm>;

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const { search, cursor, invites, person, act } = parseSearch(args.request, Search);
  const viewer = viewerOf(scope);
  // Before the question rather than after the answer, so that nothing typed is lost.
  if (act === "transfer" && viewer.canTransfer) await requireRecent(args);
  const { members } = api(args);
  const [list, seats, pending] = await Promise.all([
    members.list({ search, cursor }),
    viewer.canManage ? members.seats() : null,
    viewer.canManage ? members.invites({ cursor: invites }) : null,
  ]);
  const asked = list.items.find((member) => member.userId === person && isChangeable(viewer, member));
  const { name, slug } = scope.tenant;
  return {
    list,
    seats,
    pending,
    viewer,
    search,
    asked: asked ?? null,
    act: act ?? ("role" as const),
    tenant: { name, slug },
  };
}

export async function action(args: ActionFunctionArgs) {
  const { scope } = await requireMember(args);
  return submitForm(args, MembersForm, async (form) => {
    const { members } = api(args);
    if (form.intent === "copy") {
      return { ok: true as const, copied: await members.copyInviteLink({ inviteId: form.inviteId }) };
    }
    const message = await run(members, form);
    const to = form.intent === "leave" ? "/account/workspaces" : `/t/${scope.tenant.slug}/members`;
    return redirectWithToast(args, to, { kind: "success", message });
  });
}

/** Does what the form says; answers how to tell. */
async function run(
  members: ReturnType<typeof api>["members"],
  form: Exclude<MembersForm, { intent: "copy" }>,
): Promise<string> {
  switch (form.intent) {
    case "role":
      await members.setRole({ userId: form.userId, role: form.role });
      return "Role changed";
    case "remove":
      await members.remove({ userId: form.userId });
      return "Removed from the workspace";
    case "transfer":
      await members.transfer({ userId: form.userId, confirmation: form.confirmation });
      return "The workspace has a new owner";
    case "leave":
      await members.leave();
      return "You left the workspace";
    case "resend":
      await members.resendInvite({ inviteId: form.inviteId });
      return "The invite is on its way again";
    case "revoke":
      await members.revokeInvite({ inviteId: form.inviteId });
      return "Invite revoked";
    case "invite": {
      const { intent: _, ...invite } = form;
      const { inviteIds } = await members.invitePeople(invite);
      return inviteIds.length === 1 ? "Invite sent" : `${inviteIds.length} invites sent`;
    }
  }
}

export default function MembersPage() {
  const { list, seats, pending, viewer, search, asked, act, tenant } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { at, turn, isAsked } = useListAddress();
  const failure = answer && !answer.ok ? answer : undefined;
  const failureOf = (...intents: MembersForm["intent"][]) =>
    intents.some((intent) => intent === failure?.values["intent"]) ? failure : undefined;
  const isLong =
    list.items.length >= MEMBER_SEARCH_FROM || list.nextCursor !== null || isAsked("search", "cursor");
  const toList = at({ person: null, act: null });
  return (
    <>
      <PageHeading title="Members" description={`The people of ${tenant.name}.`} />
      <div className="flex flex-col gap-6">
        {asked && act !== "leave" && (
          <MemberCard
            key={`${asked.userId} ${act}`}
            {...{ member: asked, act, viewer, tenantName: tenant.name }}
            failure={failureOf("role", "remove", "transfer")}
            to={{ list: toList, act: (next) => at({ act: next }) }}
          />
        )}
        <Card aria-label="People" className="overflow-hidden">
          {isLong && <MemberSearch search={search} clearTo={`/t/${tenant.slug}/members`} />}
          {list.items.length === 0 && <NobodyFound />}
          {list.items.length > 0 && (
            <MemberTable
              members={list.items}
              viewer={viewer}
              cardOf={(person) => at({ person, act: null })}
            />
          )}
          <ListTurn {...turn("cursor", list.nextCursor)} label="Pages of people" />
        </Card>
        {seats && <InviteCard seats={seats} viewer={viewer.role} failure={failureOf("invite")} />}
        {pending && (pending.items.length > 0 || isAsked("invites")) && (
          <OpenInvites
            invites={pending.items}
            copied={answer?.ok ? answer.copied : undefined}
            failure={failureOf("resend", "copy", "revoke")}
            {...turn("invites", pending.nextCursor)}
          />
        )}
        {viewer.belongs && (
          <LeaveWorkspace
            isAsking={act === "leave"}
            failure={failureOf("leave")}
            to={{ ask: at({ person: null, act: "leave" }), list: toList }}
          />
        )}
      </div>
    </>
  );
}

function NobodyFound() {
  return (
    <EmptyState
      icon={<UserRoundSearch />}
      title="Nobody found"
      description="Nobody here has that name or address. Clear the search to see everybody."
    />
  );
}

function viewerOf({ role, permissions, actor }: Scope) {
  // Operators under a grant look in; they belong to nothing that they could leave.
  const belongs = actor.type === "user";
  const canManage = belongs && permissions.has("members.manage");
  return { role, belongs, canManage, canTransfer: belongs && permissions.has("tenant.transfer") };
}
