// Another conversation on its way: its shape, over what is still there, once waiting takes longer than a moment. Where
// somebody has been before, the page stays as it is until the other one is there.

import { useNavigation, useParams } from "@remix-run/react";
import { useEffect } from "react";
import { Skeleton } from "~/components/ui/skeleton";
import { ComposerFrame } from "./composer-frame";

const CONVERSATION_PATH = /^\/t\/[^/]+\/chat\/([\w-]{36})$/;

const seen = new Set<string>();

/** A conversation that has just begun here is nothing new: its first question is on screen already. */
export function noteSeen(conversationId: string): void {
  seen.add(conversationId);
}

export function ThreadSkeleton() {
  const opening = useOpening();
  if (opening === null || seen.has(opening)) return null;
  return (
    <div
      aria-hidden="true"
      data-opening={opening}
      className="absolute inset-0 z-10 flex animate-appear-late flex-col bg-canvas"
    >
      <div className="mx-auto flex min-h-0 w-full max-w-thread flex-1 flex-col justify-end gap-4 overflow-hidden px-4 pb-10 sm:px-6">
        <Skeleton className="h-11 w-1/2 shrink-0 self-end rounded-2xl!" />
        <Lines />
        <Skeleton className="h-11 w-2/5 shrink-0 self-end rounded-2xl!" />
        <Lines />
      </div>
      <ComposerFrame>
        <Skeleton className="h-24 w-full rounded-2xl!" />
      </ComposerFrame>
    </div>
  );
}

function Lines() {
  return (
    <div className="flex shrink-0 flex-col gap-3 py-2">
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-11/12" />
      <Skeleton className="h-4 w-3/5" />
    </div>
  );
}

/** The conversation that is being loaded in place of what is open. */
function useOpening(): string | null {
  const { conversationId } = useParams();
  const { state, location } = useNavigation();
  useEffect(() => {
    if (conversationId !== undefined) seen.add(conversationId);
  }, [conversationId]);
  const wanted = location && CONVERSATION_PATH.exec(location.pathname)?.[1];
  return state === "loading" && wanted && wanted !== conversationId ? wanted : null;
}
