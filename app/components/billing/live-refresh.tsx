import { useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useBillingLive } from "./use-billing-live";

/**
 * Reads the page anew whenever the workspace's billing is told something. Nothing is shown. What is on its way arrives first: a
 * page that is asked for again before it was shown would lose the words that come with it once.
 */
export function LiveRefresh({ lastEventId }: { lastEventId: string }) {
  const { revalidate, state: reading } = useRevalidator();
  const { state: going } = useNavigation();
  const [isStale, setIsStale] = useState(false);
  useBillingLive(lastEventId, () => setIsStale(true));
  useEffect(() => {
    if (!isStale || going !== "idle" || reading !== "idle") return;
    setIsStale(false);
    revalidate();
  }, [isStale, going, reading, revalidate]);
  return null;
}
