import { Link, useLocation, useParams, useRouteLoaderData } from "@remix-run/react";
import { Search, SquarePen } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "~/components/ui/icon-button";
import type { ConversationItem } from "../../../server/chat/contract";
import { useChatData, useConversationList } from "./chat-data";
import { titleOf } from "./conversation-commands";
import { ConversationMenu } from "./conversation-menu";
import { openOverlay } from "./overlay";

export const CONVERSATION_ROUTE = "routes/t.$tenant.chat.$conversationId";

/** What is open, and what can be done with it. */
export function ChatTopBar() {
  const { tenantSlug } = useChatData();
  const item = useOpenConversation();
  const pageName = useLocation().pathname.endsWith("/archived") ? "Archived chats" : "New chat";
  useTabTitle(item === null ? pageName : titleOf(item));
  return (
    <>
      <p className="min-w-0 flex-1 truncate font-medium text-sm">
        {item === null ? pageName : titleOf(item)}
      </p>
      <IconButton
        label="Search chats"
        icon={<Search />}
        onClick={() => openOverlay("search")}
        className="noscript:hidden md:hidden"
      />
      <Link
        to={`/t/${tenantSlug}/chat`}
        aria-label="New chat"
        title="New chat"
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink md:hidden pointer-coarse:min-h-11 pointer-coarse:min-w-11"
      >
        <SquarePen aria-hidden="true" className="size-[18px]" />
      </Link>
      {item !== null && <ConversationMenu item={item} className="noscript:hidden" />}
    </>
  );
}

/**
 * The tab is called like the conversation, also once it got its title, and a dot says that an answer waits: elsewhere, or
 * here while nobody sees the page.
 */
function useTabTitle(title: string): void {
  const { items } = useConversationList();
  const { conversationId } = useParams();
  useEffect(() => {
    const isHidden = document.visibilityState === "hidden";
    const hasNews = items.some((item) => item.isUnread && (isHidden || item.id !== conversationId));
    document.title = `${hasNews ? "• " : ""}${title} · Parley`;
  }, [title, items, conversationId]);
}

/** The open conversation: as the list knows it now, or as its page loaded it. */
export function useOpenConversation(): ConversationItem | null {
  const { conversationId } = useParams();
  const loaded = useRouteLoaderData<{ conversation: ConversationItem }>(CONVERSATION_ROUTE);
  const { items } = useConversationList();
  if (conversationId === undefined) return null;
  return items.find((item) => item.id === conversationId) ?? loaded?.conversation ?? null;
}
