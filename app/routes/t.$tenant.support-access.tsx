import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { PageHeading } from "~/components/shell/page-heading";
import { InspectedThread, Inspection } from "~/components/support/inspection";
import { WorkspaceGrants } from "~/components/support/workspace-grants";
import { ApproveGrant, NameGrant } from "../../server/support-access/contract";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

// A form sends scope and hours with both of its buttons.
const GrantForm = z.discriminatedUnion("intent", [
  ApproveGrant.extend({ intent: z.literal("approve") }),
  ApproveGrant.partial({ scope: true, hours: true }).extend({ intent: z.literal("decline") }),
  NameGrant.extend({ intent: z.literal("end") }),
  NameGrant.extend({ intent: z.literal("leave") }),
]);

const Search = z.object({ conversation: z.string().max(64).optional(), cursor: z.string().optional() });

export const meta: MetaFunction = () => [{ title: "Support access · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const { supportAccess } = api(args);
  if (scope.grantId === undefined) return { view: "workspace" as const, ...(await supportAccess.list()) };
  const { conversation: conversationId, cursor } = parseSearch(args.request, Search);
  if (conversationId === undefined) {
    const conversations = await supportAccess.conversations({ cursor });
    return { view: "conversations" as const, grantId: scope.grantId, conversations };
  }
  const thread = await supportAccess.messages({ conversationId, cursor });
  return { view: "thread" as const, conversationId, thread };
}

export async function action(args: ActionFunctionArgs) {
  await requireMember(args);
  return submitForm(args, GrantForm, async (form) => {
    const { grantId } = form;
    const { supportAccess } = api(args);
    const done = (message: string, to = `/t/${args.params["tenant"]}/support-access`) =>
      redirectWithToast(args, to, { kind: "success", message });
    if (form.intent === "approve") {
      await supportAccess.approve({ grantId, scope: form.scope, hours: form.hours });
      return done("Support can look in");
    }
    if (form.intent === "leave") {
      await supportAccess.withdraw({ grantId });
      return done("You left the workspace", "/admin/tenants");
    }
    await supportAccess[form.intent]({ grantId });
    return done(form.intent === "end" ? "The access has ended" : "Request declined");
  });
}

export default function SupportAccessPage() {
  const page = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      <PageHeading
        title="Support access"
        description="Parley's support looks into a workspace only when its admins say so, for as long as they say."
      />
      {page.view === "workspace" && <WorkspaceGrants grants={page.items} failure={failure} />}
      {page.view === "conversations" && (
        <Inspection grantId={page.grantId} conversations={page.conversations} />
      )}
      {page.view === "thread" && (
        <InspectedThread conversationId={page.conversationId} thread={page.thread} />
      )}
    </>
  );
}
