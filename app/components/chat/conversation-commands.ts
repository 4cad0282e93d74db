// What can be done to a conversation as a whole, with the toast that takes it back.

import { useNavigate, useParams } from "@remix-run/react";
import { createContext, useContext } from "react";
import { showToast } from "~/components/ui/toast-store";
import type { ConversationItem } from "../../../server/chat/contract";
import { useChatClient, useChatData } from "./chat-data";
import type { ConversationList } from "./conversation-list";
import { failureOf } from "./failure";

export interface ConversationCommands {
  rename(title: string): void;
  archive(isArchived: boolean): void;
  remove(): void;
}

/** The name a conversation goes by; it has none before its first question. */
export function titleOf(item: Pick<ConversationItem, "title">): string {
  return item.title ?? "New chat";
}

const ListContext = createContext<ConversationList | null>(null);

/** Another list than the side bar's, as on the page of archived chats. */
export const ConversationCommandsProvider = ListContext.Provider;

export function useConversationCommands(item: ConversationItem): ConversationCommands {
  const { list: main } = useChatClient();
  const list = useContext(ListContext) ?? main;
  const leave = useLeave(item.id);
  return {
    rename: (title) => void orSay(list.rename(item.id, title)),
    archive: (isArchived) => {
      const undo = () => void orSay(list.archive(item.id, !isArchived).then(() => list.refresh()));
      const done = list.archive(item.id, isArchived).then(() => {
        if (isArchived) leave();
        void main.refresh();
      });
      void orSay(done, { title: isArchived ? "Chat archived" : "Chat is back in the list", undo });
    },
    remove: () => {
      const undo = () => void orSay(list.restore(item.id));
      void orSay(list.remove(item.id).then(leave), { title: "Chat deleted", undo });
    },
  };
}

/** Away from a conversation that is no longer there. */
function useLeave(id: string): () => void {
  const { conversationId } = useParams();
  const { tenantSlug } = useChatData();
  const navigate = useNavigate();
  return () => {
    if (conversationId === id) navigate(`/t/${tenantSlug}/chat`);
  };
}

async function orSay(step: Promise<unknown>, done?: { title: string; undo: () => void }): Promise<void> {
  try {
    await step;
    if (done === undefined) return;
    showToast({ kind: "success", title: done.title, action: { label: "Undo", onSelect: done.undo } });
  } catch (error) {
    showToast({ kind: "error", title: "That did not work", description: failureOf(error).message });
  }
}
