// The empty chat: a greeting, what the agents can do, four ways to begin, and the composer.

import { useSearchParams } from "@remix-run/react";
import { useState } from "react";
import { AGENT_IDS, AGENT_PROFILES, ENTRY_AGENT } from "../../../server/agents/terms";
import { type ChatData, useChatData } from "./chat-data";
import { ChoicePicker } from "./choice-pickers";
import { Composer } from "./composer";
import { useComposerFocus } from "./composer-focus";
import { ComposerFrame } from "./composer-frame";
import { useFirstMessage } from "./first-message";
import type { MessageCommands } from "./message-commands";
import { RefusalNotice } from "./refusal-notice";
import { useShortcuts } from "./shortcuts";
import { Starters } from "./starters";
import { Thread, type ThreadPaging } from "./thread";

const AGENT_CHOICES = [
  { id: ENTRY_AGENT, label: "Auto" },
  ...AGENT_IDS.filter((id) => id !== ENTRY_AGENT).map((id) => ({ id, label: AGENT_PROFILES[id].name })),
];

const nothing = () => undefined;
const NO_COMMANDS: MessageCommands = {
  edit: async () => null,
  again: nothing,
  showVersion: nothing,
  isBusy: true,
  isReadOnly: true,
};

const noPage = async () => undefined;
const NO_PAGES: ThreadPaging = { loadOlder: noPage, loadNewer: noPage, showNewest: noPage };

interface NewChatProps {
  personName: string;
  clientMessageId: string;
  /** Why the form without JavaScript was refused, and what it said. */
  refusal: { message: string; reason: string | null; text: string } | null;
}

export function NewChat({ personName, clientMessageId, refusal }: NewChatProps) {
  const { models, usual, canWrite, tenantSlug } = useChatData();
  const choices = useChoices(usual);
  const { pending, failure, dismiss, start } = useFirstMessage(refusal);
  const send = (text: string) =>
    start(text, {
      ...(models.length > 1 && { model: choices.model }),
      agentId: choices.agentId,
    });
  useComposerFocus();
  useShortcuts({ focusComposer: () => document.getElementById("composer")?.focus() });
  return (
    <>
      {pending === null ? (
        <Starters personName={personName} isReadOnly={!canWrite} onStart={(text) => void send(text)} />
      ) : (
        <Thread
          transcript={pending}
          commands={NO_COMMANDS}
          isLoadingOlder={false}
          found={null}
          paging={NO_PAGES}
        />
      )}
      <ComposerFrame>
        <RefusalNotice failure={failure} onDismiss={dismiss} />
        <Composer
          draftKey={`${tenantSlug}/new`}
          clientMessageId={clientMessageId}
          initialText={refusal?.text}
          placeholder={canWrite ? "Ask anything…" : "You can read here; writing needs the member role."}
          isWriting={pending !== null}
          isStopping={pending !== null}
          isReadOnly={!canWrite}
          onSend={send}
          onStop={nothing}
        >
          <ChoicePicker
            name="agentId"
            label="Agent"
            choices={AGENT_CHOICES}
            value={choices.agentId}
            onChange={choices.setAgentId}
          />
          <ChoicePicker
            name="model"
            label="Model"
            choices={models}
            value={choices.model}
            onChange={choices.setModel}
          />
        </Composer>
      </ComposerFrame>
    </>
  );
}

/** The address may name the agent to begin with (`?agent=`); otherwise it begins as is usual in the workspace. */
function useChoices(usual: ChatData["usual"]) {
  const [search] = useSearchParams();
  const wanted = search.get("agent");
  const isKnown = AGENT_CHOICES.some(({ id }) => id === wanted);
  const [agentId, setAgentId] = useState(wanted !== null && isKnown ? wanted : usual.agentId);
  const [model, setModel] = useState(usual.model);
  return { agentId, setAgentId, model, setModel };
}
