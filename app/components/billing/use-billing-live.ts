import { useParams } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { TrackedBillingEvent } from "../../../server/billing/stream/live";
import { apiFor } from "../../api";

export type LiveEvent = TrackedBillingEvent["event"];

/** A stream that was refused, full or away is asked for again after this long; the page shows its history meanwhile. */
const RETRY_MS = 30_000;

/**
 * Follows what the workspace's billing is told after `lastEventId`, which is how far the page was loaded. Interruptions are
 * gone on from where they began.
 */
export function useBillingLive(
  lastEventId: string,
  onEvent: (event: LiveEvent) => void,
): { isLive: boolean } {
  const { tenant = "" } = useParams();
  const [isLive, setIsLive] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const seenId = useRef(lastEventId);
  const listener = useRef(onEvent);
  listener.current = onEvent;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt more opens the stream again.
  useEffect(() => {
    let retry: ReturnType<typeof setTimeout> | undefined;
    const subscription = apiFor(tenant).billing.live.subscribe(
      { lastEventId: seenId.current },
      {
        onStarted: () => setIsLive(true),
        onData: ({ id, data }) => {
          seenId.current = id;
          listener.current(data);
        },
        onError: () => {
          setIsLive(false);
          retry = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
        },
      },
    );
    return () => {
      clearTimeout(retry);
      subscription.unsubscribe();
    };
  }, [tenant, attempt]);
  return { isLive };
}
