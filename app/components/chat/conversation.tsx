// The open conversation: thread above, composer below, one store between them.

import { useLocation } from "@remix-run/react";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { AnswerCostsProvider, useCostsOf } from "~/components/usage/answer-costs";
import { tellStatus } from "~/components/usage/status-news";
import type { ConversationDetail, MessagePage } from "../../../server/chat/contract";
import { useChatClient, useChatData, useConversationList } from "./chat-data";
import { useOpenConversation } from "./chat-top-bar";
import { ChoicePicker } from "./choice-pickers";
import { Composer } from "./composer";
import { useComposerFocus } from "./composer-focus";
import { ComposerFrame } from "./composer-frame";
import { titleOf } from "./conversation-commands";
import type { ConversationList } from "./conversation-list";
import { ConversationStore } from "./conversation-store";
import { refusalOfForm } from "./failure";
import type { MessageCommands } from "./message-commands";
import { RefusalNotice } from "./refusal-notice";
import { useAnswerShortcuts } from "./shortcuts";
import { Thread } from "./thread";
import { transcriptOf } from "./transcript";

export interface ConversationProps {
  conversation: ConversationDetail;
  page: MessagePage;
  clientMessageId: string;
  /** Why the form without JavaScript was refused, and what it said. */
  refusal: { message: string; reason: string | null; text: string } | null;
}

/** Give it the conversation's id as key: another conversation is another store. */
export function Conversation({ conversation, page, clientMessageId, refusal }: ConversationProps) {
  const { models, canWrite, tenantSlug } = useChatData();
  const open = useOpenConversation() ?? conversation;
  const store = useStore(conversation, page);
  useElsewhere(store, conversation.id);
  useComposerFocus();
  useWantedMessage(store);
  const { transcript, failure, isLoadingOlder, found, announcement } = useSyncExternalStore(
    store.subscribe,
    store.snapshot,
    store.snapshot,
  );
  const [model, setModel] = useModel(conversation);
  const [formFailure, setFormFailure] = useState(() => refusalOfForm(refusal));
  const dismiss = () => {
    setFormFailure(null);
    store.dismissFailure();
  };
  const commands = useCommands(store, transcript.run !== null, !canWrite);
  useAnswerShortcuts(transcript, () => void store.stop());
  const { api } = useChatClient();
  const nano = useCostsOf(transcript.messages, api.costs);
  const costs = useMemo(() => ({ tenantSlug, nano }), [tenantSlug, nano]);
  return (
    <AnswerCostsProvider value={costs}>
      <h1 className="sr-only">{titleOf(open)}</h1>
      <Thread
        transcript={transcript}
        commands={commands}
        isLoadingOlder={isLoadingOlder}
        found={found}
        paging={store}
      />
      <p className="sr-only" role="status">
        {announcement}
      </p>
      <ComposerFrame>
        <RefusalNotice failure={failure ?? formFailure} onDismiss={dismiss} />
        <Composer
          draftKey={`${tenantSlug}/${conversation.id}`}
          placeholder={canWrite ? "Reply…" : "You can read here; writing needs the member role."}
          isWriting={transcript.run !== null}
          isStopping={transcript.run?.isStopping ?? false}
          isReadOnly={!canWrite}
          clientMessageId={clientMessageId}
          initialText={refusal?.text}
          lastText={transcript.messages.findLast((message) => message.role === "user")?.text}
          onSend={(text) => store.send(text, models.length > 1 ? { model } : {})}
          onStop={() => void store.stop()}
        >
          <ChoicePicker name="model" label="Model" choices={models} value={model} onChange={setModel} />
        </Composer>
      </ComposerFrame>
    </AnswerCostsProvider>
  );
}

function useStore(conversation: ConversationDetail, page: MessagePage): ConversationStore {
  const { api, list } = useChatClient();
  const [store] = useState(
    () =>
      new ConversationStore(
        api,
        { conversationId: conversation.id, transcript: transcriptOf(page) },
        {
          onStarted: () => {
            list.setRunning(conversation.id, "started");
            tellStatus();
            void list.refresh();
          },
          onSettled: () => void readAfterAnswer(list, conversation.id),
        },
      ),
  );
  useEffect(() => store.open(), [store]);
  useReading(list, conversation.id);
  useEffect(() => {
    list.takeTitle(conversation);
    if (conversation.activeRunId === null && conversation.messageCount > 0) list.awaitTitle(conversation.id);
  }, [list, conversation]);
  return store;
}

/** What is there has been read once somebody sees the page. */
function useReading(list: ConversationList, id: string): void {
  useEffect(() => {
    let isSeen = false;
    const read = () => {
      if (document.visibilityState === "hidden" || (isSeen && list.find(id)?.isUnread !== true)) return;
      isSeen = true;
      list.markRead(id).catch(() => undefined);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [list, id]);
}

/** The message that the address asks for, as a search result does; the same one again when it is opened again. */
function useWantedMessage(store: ConversationStore): void {
  const { key, search } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every navigation asks anew
  useEffect(() => {
    const wanted = new URLSearchParams(search).get("message");
    if (wanted !== null) void store.showMessage(wanted);
  }, [store, key, search]);
}

/** An answer that was started in another tab or on another device is followed here, too. */
function useElsewhere(store: ConversationStore, id: string): void {
  const { items } = useConversationList();
  const runId = items.find((item) => item.id === id)?.activeRunId ?? null;
  useEffect(() => {
    if (runId !== null) void store.catchUp();
  }, [store, runId]);
  useEffect(() => {
    const look = () => void (document.visibilityState === "visible" && store.catchUp());
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [store]);
}

/** What the answer has changed in the side bar, and the title, which is written after the first one. */
async function readAfterAnswer(list: ConversationList, id: string): Promise<void> {
  list.setRunning(id, null);
  tellStatus();
  if (document.visibilityState !== "hidden") await list.markRead(id).catch(() => undefined);
  await list.refresh();
  list.awaitTitle(id);
}

function useModel(conversation: ConversationDetail): [string, (model: string) => void] {
  const { api } = useChatClient();
  const [model, setModel] = useState(conversation.model);
  const choose = (next: string) => {
    setModel(next);
    api.setModel(conversation.id, next).catch(() => setModel(model));
  };
  return [model, choose];
}

function useCommands(store: ConversationStore, isBusy: boolean, isReadOnly: boolean): MessageCommands {
  return useMemo(
    () => ({
      edit: (messageId, text) => store.edit(messageId, text),
      again: (kind, messageId) => void store.again(kind, messageId),
      showVersion: (messageId) => void store.showVersion(messageId),
      isBusy,
      isReadOnly,
    }),
    [store, isBusy, isReadOnly],
  );
}
