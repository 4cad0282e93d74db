import { type LoaderFunctionArgs, type MetaFunction, redirect } from "@remix-run/node";
import { Link, useLoaderData, useParams } from "@remix-run/react";
import { MessagesSquare } from "lucide-react";
import { AgentMark } from "~/components/chat/agent-mark";
import { PageHeading } from "~/components/shell/page-heading";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { ConversationItem } from "../../server/chat/contract";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

const RECENT_MAX = 6;

export const meta: MetaFunction = () => [{ title: "Home · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { session, scope } = await requireMember(args);
  // An operator has no conversations here; what the grant shows stands on a page of its own.
  if (scope.grantId !== undefined) throw redirect(`/t/${scope.tenant.slug}/support-access`);
  const [conversations, agents] = await Promise.all([
    api(args).conversations.list({ limit: RECENT_MAX }),
    api(args).agents.list(),
  ]);
  return {
    name: session.displayName,
    tenantName: scope.tenant.name,
    canWrite: scope.permissions.has("chat.write"),
    conversations: conversations.items,
    agents: agents.items,
  };
}

export default function TenantHome() {
  const { name, tenantName, canWrite, conversations, agents } = useLoaderData<typeof loader>();
  const { tenant } = useParams();
  return (
    <>
      <PageHeading
        title={`Hello, ${name}`}
        description={`You are in ${tenantName}.`}
        action={
          canWrite && (
            <Link to={`/t/${tenant}/chat`} className={buttonClass()}>
              Start a conversation
            </Link>
          )
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <RecentConversations conversations={conversations} canWrite={canWrite} />
        <Card aria-labelledby="agents">
          <CardHeader
            id="agents"
            title="Agents"
            action={
              <Link to="agents" className={`${TEXT_LINK_CLASS} text-sm`}>
                What they can do
              </Link>
            }
          />
          <ul className="divide-y divide-line border-line border-t">
            {agents.map((agent) => (
              <li key={agent.id} className="flex gap-3 px-5 py-4 sm:px-6">
                <AgentMark agentId={agent.id} />
                <div className="min-w-0">
                  <h3 className="font-medium text-sm">{agent.name}</h3>
                  <p className="mt-0.5 text-ink-muted text-sm">{agent.description}</p>
                </div>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </>
  );
}

interface RecentConversationsProps {
  conversations: readonly ConversationItem[];
  canWrite: boolean;
}

function RecentConversations({ conversations, canWrite }: RecentConversationsProps) {
  return (
    <Card aria-labelledby="recent">
      <CardHeader id="recent" title="Recent conversations" description="Only you see yours." />
      <div className="border-line border-t">
        {conversations.length === 0 ? (
          <EmptyState
            icon={<MessagesSquare />}
            title="No conversations yet"
            description={
              canWrite
                ? "What you ask and what agents answer is kept here."
                : "As a viewer you read what is shared with this workspace. Ask an admin to take part."
            }
          />
        ) : (
          <ul className="divide-y divide-line">
            {conversations.map((conversation) => (
              <RecentConversation key={conversation.id} conversation={conversation} />
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}

function RecentConversation({ conversation }: { conversation: ConversationItem }) {
  const { tenant } = useParams();
  return (
    <li>
      <Link
        to={`/t/${tenant}/chat/${conversation.id}`}
        prefetch="intent"
        className="block px-5 py-3.5 hover:bg-hover sm:px-6"
      >
        <span className="flex items-baseline justify-between gap-4">
          <span className="flex min-w-0 items-center gap-2 font-medium text-sm">
            {conversation.isUnread && <span className="size-2 shrink-0 rounded-full bg-accent" />}
            <span className="truncate">{conversation.title ?? "New conversation"}</span>
            {conversation.isUnread && <span className="sr-only">, new answer</span>}
          </span>
          <span className="shrink-0 text-ink-muted text-xs">
            <LocalTime value={conversation.lastMessageAt} />
          </span>
        </span>
        {conversation.preview && (
          <span className="mt-0.5 block truncate text-ink-muted text-sm">{conversation.preview}</span>
        )}
      </Link>
    </li>
  );
}
