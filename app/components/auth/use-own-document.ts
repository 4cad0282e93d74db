import { useEffect } from "react";

/**
 * Loads the page afresh when it was reached without a request of its own: the content security policy of the page before
 * would keep the captcha's frame out.
 */
export function useOwnDocument(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const [entry] = performance.getEntriesByType("navigation");
    if (entry && new URL(entry.name).pathname !== window.location.pathname) window.location.reload();
  }, [isNeeded]);
}
