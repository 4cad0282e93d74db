// The status line's numbers: asked for every thirty seconds while somebody may be looking, less often while nobody answers,
// and at once when this tab has changed them.

import { useEffect, useState } from "react";
import type { StatusBar } from "../../../server/usage/status-bar";
import { STATUS_EVERY_SECONDS, STATUS_WAIT_SECONDS_MAX } from "../../../server/usage/terms";
import { onStatusNews } from "./status-news";

export interface ShownStatus {
  /** Null while the server is out of reach. */
  status: StatusBar | null;
  /** How long ago the numbers were read, in words. */
  updated: string;
}

const MINUTE_MS = 60_000;

export function useStatus(tenantSlug: string, seed: StatusBar): ShownStatus {
  const [read, setRead] = useState(() => ({ status: seed as StatusBar | null, ageMs: 0 }));
  useEffect(() => {
    let lastAt = Date.now();
    let failures = 0;
    let asks = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    setRead({ status: seed, ageMs: 0 });
    const wait = () => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") timer = setTimeout(() => void ask(), waitMs(failures));
    };
    const ask = async () => {
      asks += 1;
      const own = asks;
      const status = await fetchStatus(tenantSlug).catch(() => null);
      // An answer that was overtaken by a later one's question tells of the past.
      if (isGone || own !== asks) return;
      failures = status === null ? failures + 1 : 0;
      if (status !== null) lastAt = Date.now();
      setRead({ status, ageMs: Date.now() - lastAt });
      wait();
    };
    // A tab that comes back into view asks at once; a hidden one does not ask at all.
    const look = () => (document.visibilityState === "visible" ? void ask() : clearTimeout(timer));
    document.addEventListener("visibilitychange", look);
    const forgetNews = onStatusNews(look);
    wait();
    return () => {
      isGone = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      forgetNews();
    };
  }, [tenantSlug, seed]);
  return { status: read.status, updated: ageText(read.ageMs) };
}

/** Twice as long after each failure, up to five minutes. */
export function waitMs(failures: number): number {
  return Math.min(STATUS_EVERY_SECONDS * 2 ** failures, STATUS_WAIT_SECONDS_MAX) * 1_000;
}

async function fetchStatus(tenantSlug: string): Promise<StatusBar> {
  const response = await fetch("/trpc/statusBar.get", { headers: { "x-parley-tenant": tenantSlug } });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const answer: { result: { data: StatusBar } } = await response.json();
  return answer.result.data;
}

function ageText(ageMs: number): string {
  const minutes = Math.floor(ageMs / MINUTE_MS);
  return minutes < 1 ? "now" : `${minutes} min ago`;
}
