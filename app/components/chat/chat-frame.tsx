// Around every page of the chat: the poll of marks, the shortcuts, and the overlays, which are
// loaded when the page has come to rest, or when they are first opened.

import { useNavigate, useParams } from "@remix-run/react";
import { lazy, type ReactNode, useEffect, useRef } from "react";
import { showToast } from "~/components/ui/toast-store";
import type { ConversationItem } from "../../../server/chat/contract";
import { useChatClient, useChatData } from "./chat-data";
import { titleOf } from "./conversation-commands";
import type { ConversationList } from "./conversation-list";
import { LazyBoundary } from "./lazy-boundary";
import { openOverlay, useOverlay } from "./overlay";
import { useShortcuts } from "./shortcuts";
import { ThreadSkeleton } from "./thread-skeleton";
import "./chat.css";

const loadPalette = () => import("./command-palette");
const loadSearch = () => import("./search-dialog");
const CommandPalette = lazy(loadPalette);
const SearchDialog = lazy(loadSearch);
const ShortcutHelp = lazy(() => import("./shortcut-help"));

const REST_MS = 1_500;
const MARKS_EVERY_MS = 7_000;

export function ChatFrame({ children }: { children: ReactNode }) {
  const { tenantSlug } = useChatData();
  const { list } = useChatClient();
  const { conversationId = null } = useParams();
  const navigate = useNavigate();
  useMarksPoll(list, conversationId, (item) =>
    showToast({
      kind: "info",
      title: "Answer finished",
      description: titleOf(item),
      action: { label: "Open", onSelect: () => navigate(`/t/${tenantSlug}/chat/${item.id}`) },
    }),
  );
  useKeyboardInset();
  useEarlyOverlays();
  useShortcuts({
    palette: () => openOverlay("palette"),
    help: () => openOverlay("help"),
    newChat: () => navigate(`/t/${tenantSlug}/chat`),
    settings: () => navigate("/account/profile"),
  });
  return (
    <>
      <div className="relative flex min-h-0 flex-1 flex-col pb-[var(--keyboard-inset,0px)]">
        {children}
        <ThreadSkeleton />
      </div>
      <Overlays />
    </>
  );
}

function Overlays() {
  const overlay = useOverlay();
  useEffect(() => () => openOverlay(null), []);
  if (overlay === null) return null;
  const close = () => openOverlay(null);
  return (
    <LazyBoundary key={overlay} fallback={null} onFailed={close}>
      {overlay === "palette" && <CommandPalette onClose={close} />}
      {overlay === "search" && <SearchDialog onClose={close} />}
      {overlay === "help" && <ShortcutHelp onClose={close} />}
    </LazyBoundary>
  );
}

/** Whoever presses Ctrl+K types on at once: what opens must be there already, or the words go to the composer. */
function useEarlyOverlays(): void {
  useEffect(() => {
    const load = () => Promise.all([loadPalette(), loadSearch()]).catch(() => undefined);
    const timer = setTimeout(load, REST_MS);
    return () => clearTimeout(timer);
  }, []);
}

type OnFinished = (item: ConversationItem) => void;

/** Asks for news while somebody looks. */
function useMarksPoll(list: ConversationList, openId: string | null, onFinished: OnFinished): void {
  const tell = useRef(onFinished);
  tell.current = onFinished;
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === "hidden") return;
      list
        .readMarks(openId)
        .then((finished) => finished.forEach(tell.current))
        .catch(() => undefined);
    };
    const timer = setInterval(read, MARKS_EVERY_MS);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [list, openId]);
}

/** Phones that lay their keyboard over the page (iOS) leave the composer's place to us. */
function useKeyboardInset(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (view === null) return undefined;
    const fit = () => {
      const inset = Math.max(0, window.innerHeight - view.height - view.offsetTop);
      document.documentElement.style.setProperty("--keyboard-inset", `${Math.round(inset)}px`);
    };
    view.addEventListener("resize", fit);
    return () => view.removeEventListener("resize", fit);
  }, []);
}
