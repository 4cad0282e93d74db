// The menu of a conversation with its button. Loaded when it is first asked for.

import { Archive, ArchiveRestore, Braces, Ellipsis, FileDown, Pencil, Trash2 } from "lucide-react";
import { useRef } from "react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "~/components/ui/dropdown-menu";
import { IconButton } from "~/components/ui/icon-button";
import type { ConversationItem } from "../../../server/chat/contract";
import { useChatData } from "./chat-data";
import { titleOf, useConversationCommands } from "./conversation-commands";

export interface ConversationMenuProps {
  item: ConversationItem;
  /** Absent where a title cannot be changed in place. */
  onRename?: (() => void) | undefined;
  className?: string | undefined;
}

export default function ConversationMenuItems({ item, onRename, className }: ConversationMenuProps) {
  const { tenantSlug, canExport } = useChatData();
  const commands = useConversationCommands(item);
  const isRenaming = useRef(false);
  const exported = `/t/${tenantSlug}/chat/${item.id}/export?format=`;
  const isArchived = item.archivedAt !== null;
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <IconButton
          label={`More for ${titleOf(item)}`}
          title="More"
          size="sm"
          icon={<Ellipsis />}
          className={className}
        />
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="end"
        onCloseAutoFocus={(event) => {
          // The field that renaming opens takes the focus instead of the button.
          if (!isRenaming.current) return;
          isRenaming.current = false;
          event.preventDefault();
          onRename?.();
        }}
      >
        {onRename && (
          <DropdownMenuItem
            onSelect={() => {
              isRenaming.current = true;
            }}
          >
            <Pencil aria-hidden="true" /> Rename
          </DropdownMenuItem>
        )}
        <DropdownMenuItem onSelect={() => commands.archive(!isArchived)}>
          {isArchived ? <ArchiveRestore aria-hidden="true" /> : <Archive aria-hidden="true" />}
          {isArchived ? "Move back to the list" : "Archive"}
        </DropdownMenuItem>
        {canExport && (
          <>
            <DropdownMenuItem asChild>
              <a href={`${exported}markdown`} download>
                <FileDown aria-hidden="true" /> Export as Markdown
              </a>
            </DropdownMenuItem>
            <DropdownMenuItem asChild>
              <a href={`${exported}json`} download>
                <Braces aria-hidden="true" /> Export as JSON
              </a>
            </DropdownMenuItem>
          </>
        )}
        <DropdownMenuSeparator />
        <DropdownMenuItem tone="danger" onSelect={commands.remove}>
          <Trash2 aria-hidden="true" /> Delete
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
