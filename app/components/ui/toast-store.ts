// The toasts on screen. Toasts tell the result of an action; an error that needs reading stays in the page instead.
import { useSyncExternalStore } from "react";

export interface Toast {
  id: string;
  kind: "success" | "info" | "error";
  title: string;
  description?: string;
  /** For taking back what was just done. */
  action?: { label: string; onSelect: () => void };
}

const TOASTS_MAX = 4;
const NONE: readonly Toast[] = [];
const listeners = new Set<() => void>();
let toasts = NONE;
let lastNumber = 0;

/** Shows a toast and answers its id; the same id again replaces the former. */
export function showToast(toast: Omit<Toast, "id"> & { id?: string }): string {
  lastNumber += 1;
  const id = toast.id ?? `toast-${lastNumber}`;
  change([...toasts.filter((other) => other.id !== id), { ...toast, id }].slice(-TOASTS_MAX));
  return id;
}

export function dismissToast(id: string): void {
  change(toasts.filter((toast) => toast.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  );
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
