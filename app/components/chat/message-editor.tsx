import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { MESSAGE_LENGTH_MAX } from "../../../server/chat/terms";
import { fitHeight } from "./text-height";

interface MessageEditorProps {
  text: string;
  onSave: (text: string) => void;
  onCancel: () => void;
}

/** A question being changed in place. Ctrl or Cmd with Enter saves, Escape leaves it as it was. */
export function MessageEditor({ text, onSave, onCancel }: MessageEditorProps) {
  const [draft, setDraft] = useState(text);
  const field = useEditorField(draft);
  const canSave = draft.trim() !== "" && draft.length <= MESSAGE_LENGTH_MAX;
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    if (canSave) onSave(draft);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onCancel();
  };
  return (
    <form onSubmit={save} className="w-full rounded-2xl border border-line-strong bg-surface p-2">
      <textarea
        ref={field}
        aria-label="Edit your message"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        rows={2}
        className="block max-h-[50dvh] w-full resize-none bg-transparent px-2.5 py-1.5 text-base outline-none sm:text-[15px]"
      />
      <div className="flex flex-wrap items-center justify-end gap-2 pt-2">
        {draft.length > MESSAGE_LENGTH_MAX && (
          <p role="alert" className="mr-auto pl-2 text-danger-ink text-xs">
            {(draft.length - MESSAGE_LENGTH_MAX).toLocaleString("en")} characters too long
          </p>
        )}
        <Button size="sm" variant="secondary" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" type="submit" disabled={!canSave}>
          Save & rerun
        </Button>
      </div>
    </form>
  );
}

function useEditorField(draft: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => fitHeight(field.current), [draft]);
  return field;
}
