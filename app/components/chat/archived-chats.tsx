import { Link } from "@remix-run/react";
import { Archive } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { PageHeading } from "~/components/shell/page-heading";
import { Button, buttonClass } from "~/components/ui/button";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import type { ConversationItem, Page } from "../../../server/chat/contract";
import { useChatClient, useChatData } from "./chat-data";
import { ConversationCommandsProvider, titleOf } from "./conversation-commands";
import { ConversationList } from "./conversation-list";
import { ConversationMenu } from "./conversation-menu";

/** Conversations that were put away: read, brought back, exported, deleted. */
export function ArchivedChats({ page }: { page: Page<ConversationItem> }) {
  const { api } = useChatClient();
  const { tenantSlug } = useChatData();
  const [list] = useState(() => new ConversationList(api, page, true));
  const state = useSyncExternalStore(list.subscribe, list.snapshot, list.snapshot);
  useEffect(() => list.seed(page), [list, page]);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-thread px-4 py-8 sm:px-6">
        <PageHeading title="Archived chats" description="Put away from the list; nothing is lost." />
        {state.items.length === 0 ? (
          <EmptyState
            icon={<Archive />}
            title="Nothing is archived"
            description="Archive a chat from its menu to keep your list short."
            action={
              <Link to={`/t/${tenantSlug}/chat`} className={buttonClass("secondary")}>
                Back to chat
              </Link>
            }
          />
        ) : (
          <ConversationCommandsProvider value={list}>
            <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
              {state.items.map((item) => (
                <ArchivedChat key={item.id} item={item} />
              ))}
            </ul>
          </ConversationCommandsProvider>
        )}
        {state.nextCursor !== null && (
          <div className="pt-5 text-center">
            <Button variant="secondary" isPending={state.isLoading} onClick={() => void list.loadMore()}>
              More
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function ArchivedChat({ item }: { item: ConversationItem }) {
  const { tenantSlug } = useChatData();
  return (
    <li className="flex items-center gap-2 py-1 pr-2">
      <Link
        to={`/t/${tenantSlug}/chat/${item.id}`}
        className="min-w-0 flex-1 rounded-md px-4 py-2.5 hover:underline"
      >
        <span className="block truncate font-medium text-sm">{titleOf(item)}</span>
        <span className="block truncate text-[13px] text-ink-muted">
          <LocalTime value={item.lastMessageAt} />
          {item.preview && ` · ${item.preview}`}
        </span>
      </Link>
      <ConversationMenu item={item} />
    </li>
  );
}
