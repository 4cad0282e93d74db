import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { MESSAGE_LENGTH_MAX } from "../../../server/chat/terms";
import type { Failure } from "./failure";
import { RefusalNotice } from "./refusal-notice";
import { fitHeight } from "./text-height";

interface MessageEditorProps {
  text: string;
  /** Answers why the text was refused. */
  onSave: (text: string) => Promise<Failure | null>;
  onClose: () => void;
}

/**
 * A question being changed in place. Ctrl or Cmd with Enter saves, Escape leaves it as it was. It stays, with its text and
 * the reason of a refusal, until the text is taken.
 */
export function MessageEditor({ text, onSave, onClose }: MessageEditorProps) {
  const [draft, setDraft] = useState(text);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const field = useEditorField(draft);
  const canSave = draft.trim() !== "" && draft.length <= MESSAGE_LENGTH_MAX;
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!canSave || isSending) return;
    setSending(true);
    setFailure(null);
    const refused = await onSave(draft);
    setSending(false);
    setFailure(refused);
    if (refused === null) onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <form
      onSubmit={(event) => void save(event)}
      className="w-full rounded-2xl border border-line-strong bg-surface p-2"
    >
      <textarea
        ref={field}
        aria-label="Edit your message"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        readOnly={isSending}
        rows={2}
        className="block max-h-[50dvh] w-full resize-none bg-transparent px-2.5 py-1.5 text-base outline-none sm:text-[15px]"
      />
      <RefusalNotice failure={failure} onDismiss={() => setFailure(null)} />
      <div className="flex flex-wrap items-center justify-end gap-2 pt-2">
        {draft.length > MESSAGE_LENGTH_MAX && (
          <p role="alert" className="mr-auto pl-2 text-danger-ink text-xs">
            {(draft.length - MESSAGE_LENGTH_MAX).toLocaleString("en")} characters too long
          </p>
        )}
        <Button size="sm" variant="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button size="sm" type="submit" disabled={!canSave} isPending={isSending}>
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
