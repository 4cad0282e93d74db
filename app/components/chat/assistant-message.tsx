// An agent's answer: text, handovers and tools in order of appearance; how it ended; what can be done with it.

import { Markdown } from "~/components/markdown/markdown";
import { AnswerCost } from "~/components/usage/answer-cost";
import type { MessageItem } from "../../../server/chat/contract";
import { AgentMark, agentName, HandoverChip } from "./agent-mark";
import { AnswerEnd } from "./answer-end";
import { BranchPicker } from "./branch-picker";
import { MessageActions } from "./message-actions";
import type { MessageCommands } from "./message-commands";
import { type Segment, segmentsOf } from "./segments";
import { ToolActivity } from "./tool-activity";

interface AssistantMessageProps {
  message: MessageItem;
  commands: MessageCommands;
  /** Who spoke last before this answer; with a handover in it, that is who began. */
  openingAgent: string;
  isLast: boolean;
}

export function AssistantMessage({ message, commands, openingAgent, isLast }: AssistantMessageProps) {
  const isStreaming = message.status === "streaming";
  const segments = segmentsOf(message.text, message.activity);
  const hasHandover = segments.some((segment) => segment.kind === "agent");
  const speaker = hasHandover ? openingAgent : (message.agent ?? openingAgent);
  return (
    <div className="group/message min-w-0" aria-busy={isStreaming}>
      <div className="mb-2 flex items-center gap-2.5">
        <AgentMark agentId={speaker} />
        <h2 className="font-semibold text-sm">
          {agentName(speaker)} <span className="sr-only">said</span>
        </h2>
      </div>
      {message.isTrimmed && <TrimmedNote />}
      <div className="flex flex-col gap-4">
        {segments.map((segment, index) => (
          <SegmentView
            key={keyOf(segment)}
            segment={segment}
            isLive={isStreaming && index === segments.length - 1}
          />
        ))}
      </div>
      {isStreaming && isWaiting(segments) && <TypingMark />}
      <AnswerEnd message={message} commands={commands} isLast={isLast} />
      <div className="mt-1.5 -ml-1.5 flex min-h-8 items-center gap-1">
        {!isStreaming && (
          <>
            <BranchPicker
              messageId={message.id}
              siblingIds={message.siblingIds}
              isDisabled={commands.isBusy}
              onShow={commands.showVersion}
            />
            <MessageActions
              text={message.text}
              isPinned={isLast}
              onRegenerate={
                commands.isReadOnly || commands.isBusy
                  ? undefined
                  : () => commands.again("regenerate", message.id)
              }
            >
              <AnswerCost messageId={message.id} />
            </MessageActions>
          </>
        )}
      </div>
    </div>
  );
}

function SegmentView({ segment, isLive }: { segment: Segment; isLive: boolean }) {
  switch (segment.kind) {
    case "text":
      return <Markdown text={segment.text} isStreaming={isLive} />;
    case "agent":
      return <HandoverChip agentId={segment.agent.agent} />;
    case "tools":
      return <ToolActivity tools={segment.tools} isLive={isLive} />;
  }
}

/** Text only grows, so a piece is known by where it begins. */
function keyOf(segment: Segment): string {
  if (segment.kind === "text") return `text-${segment.offset}`;
  if (segment.kind === "agent") return `agent-${segment.agent.agent}-${segment.agent.offset}`;
  return `tools-${segment.tools[0]?.callId ?? ""}`;
}

/** Nothing on screen moves yet: no text, or a finished tool whose result is being read. */
function isWaiting(segments: readonly Segment[]): boolean {
  const last = segments.at(-1);
  if (last === undefined || last.kind === "agent") return true;
  return last.kind === "tools" && last.tools.every((tool) => tool.phase !== "started");
}

function TypingMark() {
  return (
    <p className="flex h-7 items-center gap-1" role="status">
      <span className="sr-only">Writing</span>
      {[0, 1, 2].map((dot) => (
        <span
          key={dot}
          aria-hidden="true"
          className={`chat-dot chat-dot-${dot} size-1.5 rounded-full bg-ink-faint`}
        />
      ))}
    </p>
  );
}

function TrimmedNote() {
  return (
    <p className="mb-3 border-line border-l-2 pl-3 text-ink-muted text-sm">
      Earlier turns were left out of this answer: the conversation is longer than the model can read at once.
    </p>
  );
}
