import { Pencil, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "~/components/markdown/copy-button";
import { classNames } from "~/components/ui/class-names";
import { IconButton } from "~/components/ui/icon-button";

interface MessageActionsProps {
  text: string;
  /** Always shown, as under the newest answer; otherwise on hover and focus. */
  isPinned: boolean;
  onEdit?: (() => void) | undefined;
  onRegenerate?: (() => void) | undefined;
  children?: ReactNode;
}

const COPY_CLASS =
  "inline-flex size-8 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink pointer-coarse:min-h-11 pointer-coarse:min-w-11";

/** What can be done with a settled message. */
export function MessageActions({ text, isPinned, onEdit, onRegenerate, children }: MessageActionsProps) {
  return (
    <div
      className={classNames(
        "flex items-center gap-0.5 transition-opacity duration-100",
        !isPinned &&
          "opacity-0 focus-within:opacity-100 group-hover/message:opacity-100 pointer-coarse:opacity-100",
      )}
    >
      {text !== "" && <CopyButton text={text} label="Copy message" className={COPY_CLASS} />}
      {onEdit && <IconButton label="Edit message" size="sm" icon={<Pencil />} onClick={onEdit} />}
      {onRegenerate && (
        <IconButton label="Regenerate answer" size="sm" icon={<RefreshCw />} onClick={onRegenerate} />
      )}
      {children}
    </div>
  );
}
