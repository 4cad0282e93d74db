// Where a person writes. Enter sends, Shift+Enter breaks the line; on touch keyboards Enter breaks the line. While an
// answer is written, Send is Stop. Without JavaScript it is a form that posts to the page.

import { Form } from "@remix-run/react";
import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from "react";
import { IconButton } from "~/components/ui/icon-button";
import { MESSAGE_LENGTH_MAX } from "../../../server/chat/terms";
import { useDraft } from "./draft";
import { fitHeight } from "./text-height";

/** The counter shows when this much or less is left. */
const COUNTER_FROM = 2_000;

export interface ComposerProps {
  /** Names the draft: the conversation, or the new one. */
  draftKey: string;
  placeholder: string;
  isWriting: boolean;
  isStopping: boolean;
  isReadOnly: boolean;
  /** The last thing the person sent here; the up arrow brings it back into an empty composer. */
  lastText?: string | undefined;
  /** Names the form without JavaScript, so that posting it twice sends one message. */
  clientMessageId: string;
  /** What that form gave back. */
  initialText?: string | undefined;
  /** False gives the text back. */
  onSend: (text: string) => Promise<boolean>;
  onStop: () => void;
  /** Pickers of model and agent. */
  children?: ReactNode;
}

export function Composer(props: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(props.draftKey, props.initialText ?? "", () => field.current?.value ?? "");
  const { text } = draft;
  useFittingHeight(field, text);
  const isEmpty = text.trim() === "";
  const isTooLong = text.length > MESSAGE_LENGTH_MAX;
  const send = () => {
    if (isEmpty || isTooLong || props.isWriting || props.isReadOnly) return;
    void draft.send(props.onSend);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isSendKey(event)) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "" && props.lastText !== undefined) {
      event.preventDefault();
      draft.change(props.lastText);
    }
  };
  return (
    <Form
      method="post"
      onSubmit={onSubmit}
      className="rounded-2xl border border-line-strong/70 bg-surface shadow-card transition-colors focus-within:border-focus"
    >
      <input type="hidden" name="clientMessageId" value={props.clientMessageId} />
      <textarea
        ref={field}
        id="composer"
        name="text"
        aria-label="Message"
        aria-describedby="composer-count"
        placeholder={props.placeholder}
        value={text}
        onChange={(event) => draft.change(event.target.value)}
        onKeyDown={onKeyDown}
        disabled={props.isReadOnly}
        required
        rows={1}
        className="block max-h-[40dvh] min-h-12 w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-base outline-none disabled:cursor-not-allowed sm:text-[15px]"
      />
      <div className="flex items-center gap-1.5 px-2 pb-2">
        {props.children}
        <Counter left={MESSAGE_LENGTH_MAX - text.length} />
        {props.isWriting ? (
          <>
            <StopButton isStopping={props.isStopping} onStop={props.onStop} />
            {/* Without JavaScript nothing can be stopped from here, and the page does not know when the answer ends. */}
            <SendButton
              isDisabled={props.isReadOnly}
              isEmpty={false}
              className="hidden! noscript:inline-flex!"
            />
          </>
        ) : (
          <SendButton isDisabled={isTooLong || props.isReadOnly} isEmpty={isEmpty} />
        )}
      </div>
    </Form>
  );
}

interface SendButtonProps {
  isDisabled: boolean;
  isEmpty: boolean;
  className?: string;
}

function SendButton({ isDisabled, isEmpty, className = "" }: SendButtonProps) {
  return (
    <IconButton
      type="submit"
      variant="primary"
      label="Send"
      icon={<ArrowUp />}
      disabled={isDisabled}
      data-empty={isEmpty || undefined}
      className={`rounded-full! data-empty:opacity-45 noscript:opacity-100 ${className}`}
    />
  );
}

function StopButton({ isStopping, onStop }: { isStopping: boolean; onStop: () => void }) {
  return (
    <IconButton
      variant="secondary"
      label="Stop"
      icon={<Square className="fill-current" />}
      aria-disabled={isStopping || undefined}
      onClick={onStop}
      className="noscript:hidden! rounded-full! aria-disabled:opacity-60 [&_svg]:size-3.5!"
    />
  );
}

/** Seen and heard only when the end is near. */
function Counter({ left }: { left: number }) {
  const isNear = left <= COUNTER_FROM;
  return (
    <span
      id="composer-count"
      aria-live="polite"
      className={`ml-auto px-1 text-xs tabular-nums ${left < 0 ? "text-danger-ink" : "text-ink-muted"}`}
    >
      {isNear && (left < 0 ? `${format(-left)} too long` : `${format(left)} left`)}
    </span>
  );
}

function format(count: number): string {
  return count.toLocaleString("en");
}

function useFittingHeight(field: RefObject<HTMLTextAreaElement>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => fitHeight(field.current), [text]);
}

/** Enter while an input method composes a character picks the character; it never sends. */
function isSendKey(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.shiftKey || event.altKey) return false;
  if (event.nativeEvent.isComposing || event.keyCode === 229) return false;
  return event.ctrlKey || event.metaKey || !window.matchMedia("(hover: none) and (pointer: coarse)").matches;
}
