import { useParams } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { TrackedBillingEvent } from "../../../server/billing/stream/live";
import { apiFor } from "../../api";

export type LiveEvent = TrackedBillingEvent["event"];

/** A stream that was refused, full or away is asked for again after this long; the page shows its history meanwhile. */
const RETRY_MS = 30_000;

/**
 * Follows what the workspace's billing is told after `lastEventId`, which is how far the page was loaded. Interruptions are
 * gone on from where they began, and so is the time in which nobody saw the page: a browser has few connections for all of
 * its pages, a workspace few places for live ones.
 */
export function useBillingLive(
  lastEventId: string,
  onEvent: (event: LiveEvent) => void,
): { isLive: boolean } {
  const { tenant = "" } = useParams();
  const [isLive, setIsLive] = useState(false);
  const seenId = useRef(lastEventId);
  const listener = useRef(onEvent);
  listener.current = onEvent;
  useEffect(() => {
    const open = () =>
      apiFor(tenant).billing.live.subscribe(
        { lastEventId: seenId.current },
        {
          onStarted: () => setIsLive(true),
          onData: ({ id, data }) => {
            seenId.current = id;
            listener.current(data);
          },
          onError: () => {
            setIsLive(false);
            retry = setTimeout(reopen, RETRY_MS);
          },
        },
      );
    let retry: ReturnType<typeof setTimeout> | undefined;
    let stream: ReturnType<typeof open> | undefined;
    const close = () => {
      clearTimeout(retry);
      stream?.unsubscribe();
      stream = undefined;
      setIsLive(false);
    };
    const reopen = () => {
      close();
      if (document.visibilityState !== "hidden") stream = open();
    };
    reopen();
    document.addEventListener("visibilitychange", reopen);
    return () => {
      document.removeEventListener("visibilitychange", reopen);
      close();
    };
  }, [tenant]);
  return { isLive };
}
