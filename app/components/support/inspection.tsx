import { Form, Link } from "@remix-run/react";
import { MessagesSquare } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { InspectedConversation, InspectedMessage } from "../../../server/support-access/inspection";

export interface InspectionProps {
  grantId: string;
  conversations: { items: readonly InspectedConversation[]; nextCursor: string | null };
}

/** What an operator sees under a grant: conversations by their facts. */
export function Inspection({ grantId, conversations: { items, nextCursor } }: InspectionProps) {
  return (
    <div className="flex flex-col gap-6">
      <Form method="post">
        <input type="hidden" name="grantId" value={grantId} />
        <Button type="submit" name="intent" value="leave" variant="secondary">
          Leave this workspace
        </Button>
      </Form>
      <Card aria-labelledby="conversations">
        <CardHeader id="conversations" title="Conversations" description="Newest first, of everybody here." />
        <ul className="divide-y divide-line border-line border-t">
          {items.map((conversation) => (
            <li key={conversation.id} className="px-5 py-3.5 text-sm [overflow-wrap:anywhere] sm:px-6">
              <Link to={`?conversation=${conversation.id}`} className={`${TEXT_LINK_CLASS} font-medium`}>
                {conversation.title ?? `Conversation ${conversation.id.slice(-8)}`}
              </Link>
              <p className="mt-0.5 text-ink-muted">
                {conversation.personName} · {conversation.messageCount} messages · {conversation.model} ·{" "}
                <LocalTime value={conversation.lastMessageAt} hasTime />
              </p>
            </li>
          ))}
        </ul>
        {items.length === 0 && <EmptyState icon={<MessagesSquare />} title="No conversations" />}
        {nextCursor && <Older to={`?cursor=${nextCursor}`} label="Older conversations" />}
      </Card>
    </div>
  );
}

export interface InspectedThreadProps {
  conversationId: string;
  thread: { title: string | null; items: readonly InspectedMessage[]; nextCursor: string | null };
}

/** One conversation's messages; a masked one shows its length alone. */
export function InspectedThread({ conversationId, thread }: InspectedThreadProps) {
  return (
    <Card aria-labelledby="messages">
      <CardHeader
        id="messages"
        title={thread.title ?? `Conversation ${conversationId.slice(-8)}`}
        action={
          <Link to="." className={`${TEXT_LINK_CLASS} text-sm`}>
            All conversations
          </Link>
        }
      />
      <ol className="divide-y divide-line border-line border-t">
        {thread.items.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </ol>
      {thread.nextCursor && (
        <Older to={`?conversation=${conversationId}&cursor=${thread.nextCursor}`} label="Next messages" />
      )}
    </Card>
  );
}

function Message({ message }: { message: InspectedMessage }) {
  return (
    <li className="px-5 py-3.5 text-sm sm:px-6">
      <p className="flex flex-wrap items-center gap-2 text-ink-muted">
        <span className="font-medium text-ink">{message.role === "user" ? "Person" : "Agent"}</span>
        <LocalTime value={message.createdAt} hasTime />
        {message.status !== "complete" && <Badge tone="warning">{message.status}</Badge>}
        {message.errorReason && <span>{message.errorReason}</span>}
        {message.model && <span>{message.model}</span>}
        <span>
          {message.inputTokens + message.outputTokens} tokens, {message.lengthCharacters} characters
        </span>
      </p>
      {message.text === null ? (
        <p className="mt-1 text-ink-muted italic">Masked: the grant shows facts only.</p>
      ) : (
        <p className="mt-1 max-w-3xl whitespace-pre-wrap [overflow-wrap:anywhere]">{message.text}</p>
      )}
    </li>
  );
}

function Older({ to, label }: { to: string; label: string }) {
  return (
    <div className="border-line border-t px-5 py-3 sm:px-6">
      <Link to={to} className={buttonClass("secondary", "sm")}>
        {label}
      </Link>
    </div>
  );
}
