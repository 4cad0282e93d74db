// The messages of the open conversation.

import { Link } from "@remix-run/react";
import { ArrowDown } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { Button } from "~/components/ui/button";
import { classNames } from "~/components/ui/class-names";
import { IconButton } from "~/components/ui/icon-button";
import { Skeleton } from "~/components/ui/skeleton";
import { ENTRY_AGENT } from "../../../server/agents/terms";
import type { MessageItem } from "../../../server/chat/contract";
import { AssistantMessage } from "./assistant-message";
import type { MessageCommands } from "./message-commands";
import { isPendingId } from "./pending-turn";
import { type ThreadScroll, useThreadScroll } from "./thread-scroll";
import type { Transcript } from "./transcript";
import { UserMessage } from "./user-message";

/** The newest messages are always laid out; older ones only when they come into view. */
const ALWAYS_LAID_OUT = 6;

interface ThreadProps {
  transcript: Transcript;
  commands: MessageCommands;
  isLoadingOlder: boolean;
  /** The message that was asked for. */
  found: { messageId: string } | null;
  paging: ThreadPaging;
}

export interface ThreadPaging {
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  showNewest(): Promise<void>;
}

export function Thread({ transcript, commands, isLoadingOlder, found, paging }: ThreadProps) {
  const scroll = useThreadScroll();
  const { messages, nextBefore, nextAfter, run } = transcript;
  useFollowQuestion(scroll, transcript);
  useFoundMessage(scroll, found);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroll.box}
        className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto overscroll-contain [overflow-anchor:none] [scrollbar-gutter:stable]"
      >
        <div ref={scroll.content} className="mx-auto w-full max-w-thread px-4 pt-6 pb-10 sm:px-6">
          {nextBefore !== null && (
            <OlderMessages
              before={nextBefore}
              isLoading={isLoadingOlder}
              onLoad={() => void paging.loadOlder()}
            />
          )}
          {messages.map((message, index) => (
            <MessageRow
              key={transcript.firstIds[message.id] ?? message.id}
              message={message}
              commands={commands}
              openingAgent={messages[index - 2]?.agent ?? ENTRY_AGENT}
              isLast={index === messages.length - 1}
              isOld={index < messages.length - ALWAYS_LAID_OUT}
            />
          ))}
          {nextAfter !== null && <NewerMessages onLoad={() => void paging.loadNewer()} />}
        </div>
      </div>
      <JumpToLatest
        isShown={!scroll.isAtEnd || nextAfter !== null}
        isWriting={run !== null}
        onJump={async () => {
          if (nextAfter !== null) await paging.showNewest();
          scroll.toEnd("smooth");
        }}
      />
    </div>
  );
}

interface MessageRowProps {
  message: MessageItem;
  commands: MessageCommands;
  openingAgent: string;
  isLast: boolean;
  isOld: boolean;
}

const MessageRow = memo(function MessageRow({ message, isOld, ...rest }: MessageRowProps) {
  return (
    <article
      data-message={message.id}
      tabIndex={-1}
      data-role={message.role}
      className={classNames("py-2", isOld && "[contain-intrinsic-size:auto_12rem] [content-visibility:auto]")}
    >
      {message.role === "user" ? (
        <UserMessage message={message} commands={rest.commands} />
      ) : (
        <AssistantMessage message={message} {...rest} />
      )}
    </article>
  );
});

interface OlderMessagesProps {
  before: string;
  isLoading: boolean;
  onLoad: () => void;
}

/** Loads by itself when it comes into view; a plain link without JavaScript. */
function OlderMessages({ before, isLoading, onLoad }: OlderMessagesProps) {
  const element = useRef<HTMLDivElement>(null);
  const load = useRef(onLoad);
  load.current = onLoad;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page is watched for afresh
  useEffect(() => {
    if (element.current === null) return undefined;
    const seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && load.current(),
      { rootMargin: "600px 0px 0px" },
    );
    seen.observe(element.current);
    return () => seen.disconnect();
  }, [before]);
  return (
    <div ref={element} className="flex min-h-20 flex-col items-center justify-center gap-3 pb-4">
      {isLoading ? (
        <>
          <Skeleton className="h-12 w-2/3 self-end rounded-2xl" />
          <Skeleton className="h-24 w-full" />
        </>
      ) : (
        <Link
          to={`?before=${before}`}
          onClick={(event) => {
            event.preventDefault();
            onLoad();
          }}
          className="text-ink-muted text-sm underline underline-offset-4 hover:text-ink"
        >
          Older messages
        </Link>
      )}
    </div>
  );
}

/** Only on request: by itself it would run to the end, since a page laid out from its end follows what grows there. */
function NewerMessages({ onLoad }: { onLoad: () => void }) {
  return (
    <div className="flex justify-center pt-4">
      <Button size="sm" variant="ghost" onClick={onLoad}>
        Newer messages
      </Button>
    </div>
  );
}

function JumpToLatest(props: { isShown: boolean; isWriting: boolean; onJump: () => void }) {
  if (!props.isShown) return null;
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
      <IconButton
        label="Jump to latest"
        variant="secondary"
        icon={<ArrowDown className={props.isWriting ? "chat-nudge" : undefined} />}
        onClick={props.onJump}
        className="pointer-events-auto animate-fade-in rounded-full! bg-raised! shadow-raised"
      />
    </div>
  );
}

/** A message that was asked for is brought into view, marked for a moment, and has the focus. */
function useFoundMessage({ show }: ThreadScroll, found: { messageId: string } | null): void {
  useEffect(() => {
    if (found === null) return undefined;
    return show(found.messageId);
  }, [found, show]);
}

/** Whoever sends something wants to see it and its answer, wherever they had scrolled to. */
function useFollowQuestion({ toEnd }: ThreadScroll, { messages, firstIds }: Transcript): void {
  const id = messages.findLast((message) => message.role === "user")?.id ?? "";
  const question = firstIds[id] ?? id;
  // A version of a turn that was written on this page may be shown again: it was followed when it was sent.
  const followed = useRef(new Set([question]));
  useEffect(() => {
    if (!isPendingId(question) || followed.current.has(question)) return;
    followed.current.add(question);
    toEnd();
  }, [question, toEnd]);
}
