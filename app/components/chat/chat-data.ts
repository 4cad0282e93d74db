// What the chat's layout loads for all of its pages and for the frame around them (side bar, top bar), which stand in
// different branches of the page and share one list of conversations.

import { useParams, useRouteLoaderData } from "@remix-run/react";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { ConversationItem, Page } from "../../../server/chat/contract";
import { type ChatApi, chatApiOf } from "./chat-api";
import type { Choice } from "./choice-pickers";
import { ConversationList, type ConversationListState } from "./conversation-list";

export const CHAT_ROUTE = "routes/t.$tenant.chat";

export interface ChatData {
  conversations: Page<ConversationItem>;
  models: readonly Choice[];
  /** What new conversations begin with here. */
  usual: { agentId: string; model: string };
  /** Whether the workspace lets conversations be downloaded. */
  canExport: boolean;
  /** Whether the person may write here, or only read. */
  canWrite: boolean;
  /** When the page was made, so that server and browser group by the same day. */
  renderedAt: string;
}

/** The layout's data; the pages and slots of the chat are only drawn where it is loaded. */
export function useChatData(): ChatData & { tenantSlug: string } {
  const data = useRouteLoaderData<ChatData>(CHAT_ROUTE);
  const { tenant: tenantSlug = "" } = useParams();
  return {
    conversations: NO_CONVERSATIONS,
    models: [],
    usual: { agentId: "", model: "" },
    canExport: true,
    canWrite: false,
    renderedAt: "",
    ...data,
    tenantSlug,
  };
}

const NO_CONVERSATIONS: Page<ConversationItem> = { items: [], nextCursor: null };

interface ChatClient {
  api: ChatApi;
  list: ConversationList;
  /** The loader's page that the list has taken over; every other one is news. */
  seed: Page<ConversationItem>;
}

// One per tenant and browser; the server makes one per rendered page and keeps none.
const clients = new Map<string, ChatClient>();

/** The tenant's procedures and the list that side bar, top bar, palette and conversation share. */
export function useChatClient(): ChatClient {
  const { tenantSlug, conversations } = useChatData();
  const client = useMemo(() => clientOf(tenantSlug, conversations), [tenantSlug, conversations]);
  useEffect(() => {
    if (client.seed === conversations || conversations === NO_CONVERSATIONS) return;
    client.seed = conversations;
    client.list.seed(conversations);
  }, [client, conversations]);
  return client;
}

export function useConversationList(): ConversationListState & { list: ConversationList } {
  const { list } = useChatClient();
  const state = useSyncExternalStore(list.subscribe, list.snapshot, list.snapshot);
  return { ...state, list };
}

function clientOf(tenantSlug: string, seed: Page<ConversationItem>): ChatClient {
  const known = clients.get(tenantSlug);
  if (known !== undefined) return known;
  const api = chatApiOf(tenantSlug);
  const client = { api, list: new ConversationList(api, seed), seed };
  if (typeof document !== "undefined") clients.set(tenantSlug, client);
  return client;
}
