import { useRevalidator } from "@remix-run/react";
import { useBillingLive } from "./use-billing-live";

/** Reads the page anew whenever the workspace's billing is told something. Nothing is shown. */
export function LiveRefresh({ lastEventId }: { lastEventId: string }) {
  const { revalidate } = useRevalidator();
  useBillingLive(lastEventId, () => revalidate());
  return null;
}
