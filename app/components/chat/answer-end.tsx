// How an answer ended when it did not end well, inside the message: the cause, and what helps.

import { CirclePause, CircleStop, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { LimitHelp } from "~/components/billing/limit-help";
import { Button } from "~/components/ui/button";
import type { MessageItem } from "../../../server/chat/contract";
import type { AgainKind } from "./conversation-store";
import type { MessageCommands } from "./message-commands";

interface AnswerEndProps {
  message: MessageItem;
  commands: MessageCommands;
  isLast: boolean;
}

const TEXT_UNKNOWN = "The answer could not be finished.";

export function AnswerEnd({ message, commands, isLast }: AnswerEndProps) {
  const canAct = isLast && !commands.isBusy && !commands.isReadOnly;
  const again = (kind: AgainKind) => () => commands.again(kind, message.id);
  const proceed = (
    <>
      {message.text !== "" && <Act label="Continue" onClick={again("continue")} />}
      <Act label="Retry" onClick={again("retry")} />
    </>
  );
  switch (message.status) {
    case "error":
      return (
        <Notice
          tone="danger"
          icon={<TriangleAlert />}
          text={
            <>
              {message.errorMessage ?? TEXT_UNKNOWN}
              <LimitHelp reason={message.errorReason} limit={null} />
            </>
          }
        >
          {canAct && proceed}
        </Notice>
      );
    case "interrupted":
      return (
        <Notice tone="muted" icon={<CirclePause />} text="This answer was interrupted.">
          {canAct && proceed}
        </Notice>
      );
    case "stopped":
      return (
        <Notice tone="muted" icon={<CircleStop />} text="You stopped this answer.">
          {canAct && (message.text === "" ? proceed : <Act label="Continue" onClick={again("continue")} />)}
        </Notice>
      );
    default:
      return null;
  }
}

function Act({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button size="sm" variant="secondary" onClick={onClick}>
      {label}
    </Button>
  );
}

interface NoticeProps {
  tone: "danger" | "muted";
  icon: ReactNode;
  text: ReactNode;
  children: ReactNode;
}

function Notice({ tone, icon, text, children }: NoticeProps) {
  const look = tone === "danger" ? "bg-danger-soft text-danger-ink" : "border border-line text-ink-muted";
  return (
    <div
      className={`mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg px-3.5 py-2.5 text-sm ${look}`}
      {...(tone === "danger" && { role: "alert" })}
    >
      <span aria-hidden="true" className="shrink-0 [&_svg]:size-4">
        {icon}
      </span>
      <div className="min-w-0 flex-1 basis-52 [overflow-wrap:anywhere]">{text}</div>
      {children}
    </div>
  );
}
