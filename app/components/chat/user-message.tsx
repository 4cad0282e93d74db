import { useState } from "react";
import type { MessageItem } from "../../../server/chat/contract";
import { BranchPicker } from "./branch-picker";
import { MessageActions } from "./message-actions";
import type { MessageCommands } from "./message-commands";
import { MessageEditor } from "./message-editor";
import { isPendingId } from "./pending-turn";

interface UserMessageProps {
  message: MessageItem;
  commands: MessageCommands;
}

/** What a person wrote, exactly as written: a bubble at the right. */
export function UserMessage({ message, commands }: UserMessageProps) {
  const [isEditing, setEditing] = useState(false);
  const isPending = isPendingId(message.id);
  if (isEditing) {
    const save = (text: string) => commands.edit(message.id, text);
    return <MessageEditor text={message.text} onSave={save} onClose={() => setEditing(false)} />;
  }
  return (
    <div className="group/message flex flex-col items-end gap-1">
      <h2 className="sr-only">You said</h2>
      <div
        data-pending={isPending || undefined}
        className="max-w-[88%] whitespace-pre-wrap rounded-2xl rounded-br-sm bg-sunken px-4 py-2.5 leading-relaxed ring-1 ring-line ring-inset transition-opacity [overflow-wrap:anywhere] data-pending:opacity-70 sm:max-w-[80%]"
      >
        {message.text}
      </div>
      <div className="flex min-h-8 items-center gap-1">
        {!isPending && (
          <MessageActions
            text={message.text}
            isPinned={false}
            onEdit={commands.isReadOnly || commands.isBusy ? undefined : () => setEditing(true)}
          />
        )}
        <BranchPicker
          messageId={message.id}
          siblingIds={message.siblingIds}
          isDisabled={commands.isBusy}
          onShow={commands.showVersion}
        />
      </div>
    </div>
  );
}
