import { ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "~/components/ui/icon-button";

export interface BranchPickerProps {
  messageId: string;
  siblingIds: readonly string[];
  isDisabled: boolean;
  onShow: (messageId: string) => void;
}

/** `‹ 2/3 ›`: the versions of one turn. Nothing when there is one. */
export function BranchPicker({ messageId, siblingIds, isDisabled, onShow }: BranchPickerProps) {
  if (siblingIds.length < 2) return null;
  const place = siblingIds.indexOf(messageId);
  const previous = siblingIds[place - 1];
  const next = siblingIds[place + 1];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div role="group" aria-label="Versions" className="flex items-center text-ink-muted text-xs">
      <IconButton
        label="Previous version"
        size="sm"
        icon={<ChevronLeft />}
        disabled={isDisabled || previous === undefined}
        onClick={() => previous !== undefined && onShow(previous)}
      />
      <span className="min-w-8 text-center tabular-nums" aria-live="polite">
        {place + 1}/{siblingIds.length}
      </span>
      <IconButton
        label="Next version"
        size="sm"
        icon={<ChevronRight />}
        disabled={isDisabled || next === undefined}
        onClick={() => next !== undefined && onShow(next)}
      />
    </div>
  );
}
