// Which of the chat's overlays is open. Side bar, top bar and pages stand in different branches of the page, so the
// answer lives beside them.

import { useSyncExternalStore } from "react";

export type Overlay = "palette" | "search" | "help";

const listeners = new Set<() => void>();
let current: Overlay | null = null;

export function openOverlay(overlay: Overlay | null): void {
  current = overlay;
  for (const listener of listeners) listener();
}

export function useOverlay(): Overlay | null {
  return useSyncExternalStore(
    subscribe,
    () => current,
    () => null,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
