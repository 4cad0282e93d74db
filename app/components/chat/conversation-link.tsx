import { Link } from "@remix-run/react";
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import { classNames } from "~/components/ui/class-names";
import { Spinner } from "~/components/ui/spinner";
import type { ConversationItem } from "../../../server/chat/contract";
import { TITLE_LENGTH_MAX } from "../../../server/chat/terms";
import { useChatData } from "./chat-data";
import { titleOf, useConversationCommands } from "./conversation-commands";
import { ConversationMenu } from "./conversation-menu";

interface ConversationLinkProps {
  item: ConversationItem;
  isOpen: boolean;
}

/** One conversation in the side bar: opens it, is renamed in place, says what happens in it. */
export const ConversationLink = memo(function ConversationLink({ item, isOpen }: ConversationLinkProps) {
  const { tenantSlug } = useChatData();
  const [isRenaming, setRenaming] = useState(false);
  const commands = useConversationCommands(item);
  if (isRenaming) {
    return (
      <li>
        <TitleField title={item.title ?? ""} onSave={commands.rename} onClose={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li
      className={classNames(
        "group/link relative flex items-center rounded-md hover:bg-hover",
        isOpen && "bg-hover",
      )}
    >
      <Link
        to={`/t/${tenantSlug}/chat/${item.id}`}
        aria-current={isOpen ? "page" : undefined}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-md py-2 pr-9 pl-2.5 text-sm aria-[current=page]:font-medium pointer-coarse:min-h-11"
      >
        <span className={classNames("truncate", item.title === null && "text-ink-muted")}>
          {titleOf(item)}
        </span>
        <Mark item={item} isOpen={isOpen} />
      </Link>
      <ConversationMenu
        item={item}
        onRename={() => setRenaming(true)}
        className="absolute right-1 opacity-0 focus-visible:opacity-100 group-hover/link:opacity-100 aria-expanded:opacity-100 pointer-coarse:opacity-100 noscript:hidden"
      />
    </li>
  );
});

function Mark({ item, isOpen }: ConversationLinkProps) {
  if (item.activeRunId !== null)
    return <Spinner label="Being answered" className="shrink-0 scale-75 text-ink-muted" />;
  if (!item.isUnread || isOpen) return null;
  return (
    <span className="size-2 shrink-0 rounded-full bg-accent">
      <span className="sr-only">New answer</span>
    </span>
  );
}

interface TitleFieldProps {
  title: string;
  onSave: (title: string) => void;
  onClose: () => void;
}

/** Enter and leaving save; Escape leaves the title as it was. */
function TitleField({ title, onSave, onClose }: TitleFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => field.current?.select(), []);
  const save = () => {
    if (isDone.current) return;
    isDone.current = true;
    const next = field.current?.value.trim() ?? "";
    if (next !== "" && next !== title) onSave(next);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") save();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    isDone.current = true;
    onClose();
  };
  return (
    <input
      ref={field}
      aria-label="Title of the conversation"
      defaultValue={title}
      maxLength={TITLE_LENGTH_MAX}
      onBlur={save}
      onKeyDown={onKeyDown}
      className="my-0.5 w-full rounded-md border border-focus bg-surface px-2 py-1.5 text-base outline-none sm:text-sm"
    />
  );
}
