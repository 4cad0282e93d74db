// The chat's part of the side bar: new chat, search, the person's conversations by age.

import { Link, useParams } from "@remix-run/react";
import { Archive, Keyboard, Search, SquarePen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { IconButton } from "~/components/ui/icon-button";
import { Skeleton } from "~/components/ui/skeleton";
import { useChatData, useConversationList } from "./chat-data";
import { groupsOf } from "./conversation-groups";
import { ConversationLink } from "./conversation-link";
import type { ConversationListState } from "./conversation-list";
import { openOverlay } from "./overlay";

const LINK_CLASS =
  "flex w-full items-center gap-2.5 rounded-md px-2.5 py-2 text-left text-ink-muted text-sm hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0";

export function ChatSidebar() {
  const { tenantSlug } = useChatData();
  const { list, ...state } = useConversationList();
  const base = `/t/${tenantSlug}/chat`;
  return (
    <div className="flex min-h-full flex-col px-2 pb-3">
      <div className="sticky top-0 z-10 -mx-2 border-line border-b bg-sunken p-2">
        <Link to={base} className={LINK_CLASS}>
          <SquarePen aria-hidden="true" /> New chat
        </Link>
        <button
          type="button"
          onClick={() => openOverlay("search")}
          className={`${LINK_CLASS} noscript:hidden`}
        >
          <Search aria-hidden="true" /> Search chats
        </button>
      </div>
      <nav aria-label="Conversations" className="flex-1">
        <Groups state={state} />
        <ListEnd state={state} onMore={() => void list.loadMore()} onAgain={() => void list.refresh()} />
      </nav>
      <div className="flex items-center gap-1">
        <Link to={`${base}/archived`} className={`${LINK_CLASS} min-w-0 flex-1`}>
          <Archive aria-hidden="true" /> Archived chats
        </Link>
        <IconButton
          label="Keyboard shortcuts"
          size="sm"
          icon={<Keyboard />}
          onClick={() => openOverlay("help")}
          className="noscript:hidden pointer-coarse:hidden"
        />
      </div>
    </div>
  );
}

function Groups({ state: { items } }: { state: ConversationListState }) {
  const { conversationId } = useParams();
  const { now, timeZone } = useCalendar();
  if (items.length === 0) {
    return <p className="px-2.5 py-6 text-ink-muted text-sm">Your conversations will stand here.</p>;
  }
  return groupsOf(items, now, timeZone).map((group) => (
    <section key={group.label} aria-label={group.label}>
      <h2 className="px-2.5 pt-4 pb-1 font-medium text-ink-muted text-xs tracking-normal">{group.label}</h2>
      <ul>
        {group.items.map((item) => (
          <ConversationLink key={item.id} item={item} isOpen={item.id === conversationId} />
        ))}
      </ul>
    </section>
  ));
}

/** The page is made without knowing the person's time zone; the browser regroups by it once it is alive. */
function useCalendar(): { now: Date; timeZone: string | undefined } {
  const { renderedAt } = useChatData();
  const [isAlive, setAlive] = useState(false);
  useEffect(() => setAlive(true), []);
  return isAlive ? { now: new Date(), timeZone: undefined } : { now: new Date(renderedAt), timeZone: "UTC" };
}

interface ListEndProps {
  state: ConversationListState;
  onMore: () => void;
  onAgain: () => void;
}

/** Loads on when the end of the list comes into view. */
function ListEnd({ state, onMore, onAgain }: ListEndProps) {
  const element = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page is watched for afresh
  useEffect(() => {
    if (element.current === null) return undefined;
    const seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more.current(),
      { rootMargin: "300px" },
    );
    seen.observe(element.current);
    return () => seen.disconnect();
  }, [state.nextCursor]);
  if (state.failure !== null) {
    return (
      <div className="flex flex-col items-start gap-2 px-2.5 py-3 text-ink-muted text-sm" role="status">
        <p>The list could not be read.</p>
        <Button size="sm" variant="secondary" onClick={onAgain}>
          Try again
        </Button>
      </div>
    );
  }
  if (state.nextCursor === null) return null;
  return (
    <div ref={element} className="flex flex-col gap-3 px-2.5 py-3">
      <Skeleton className="h-4 w-4/5" />
      <Skeleton className="h-4 w-3/5" />
    </div>
  );
}
