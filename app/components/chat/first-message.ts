// The first message of a new chat makes the conversation, then stands in it. A repetition after a failure uses the
// conversation that is there already.

import { useNavigate } from "@remix-run/react";
import { useRef, useState } from "react";
import { useChatClient, useChatData } from "./chat-data";
import { type Failure, failureOf, persist, refusalOfForm } from "./failure";
import { withQuestion } from "./pending-turn";
import { noteSeen } from "./thread-skeleton";
import { type Transcript, transcriptOf } from "./transcript";

export interface FirstMessage {
  /** Question and waiting answer while the conversation's page is being made. */
  pending: Transcript | null;
  failure: Failure | null;
  dismiss: () => void;
  start: (text: string, choice: Choice) => Promise<boolean>;
}

interface Choice {
  model?: string;
  agentId?: string;
}

const EMPTY = transcriptOf({ items: [], nextBefore: null });

export function useFirstMessage(refusal: { message: string; reason: string | null } | null): FirstMessage {
  const { api, list } = useChatClient();
  const { tenantSlug } = useChatData();
  const navigate = useNavigate();
  const conversationId = useRef<string | null>(null);
  const [pending, setPending] = useState<Transcript | null>(null);
  const [failure, setFailure] = useState<Failure | null>(() => refusalOfForm(refusal));
  const start = async (text: string, choice: Choice) => {
    if (pending !== null) return false;
    const clientMessageId = crypto.randomUUID();
    setFailure(null);
    setPending(withQuestion(EMPTY, { text, clientMessageId }));
    const isNew = conversationId.current === null;
    try {
      conversationId.current ??= (await api.createConversation(choice)).conversationId;
      const message = { conversationId: conversationId.current, text, clientMessageId, ...choice };
      await persist(() => api.send(message));
      noteSeen(conversationId.current);
      navigate(`/t/${tenantSlug}/chat/${conversationId.current}`);
      void list.refresh();
      return true;
    } catch (error) {
      setPending(null);
      const failed = failureOf(error);
      setFailure(failed);
      // What was made for a question that is refused does not stay behind, empty.
      if (isNew && failed.reason !== null && conversationId.current !== null) {
        await api.remove(conversationId.current).catch(() => undefined);
        conversationId.current = null;
      }
      return false;
    }
  };
  return { pending, failure, dismiss: () => setFailure(null), start };
}
