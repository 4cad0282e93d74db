// The chat's keyboard shortcuts, in one list that the help sheet shows. None collides with a key that browsers keep
// for themselves (Cmd+N, Cmd+R, Cmd+D ...).

import { useEffect, useRef } from "react";
import { copyText } from "~/components/markdown/copy-button";
import { isSwitchedOn } from "~/components/shell/device-switch";
import { showToast } from "~/components/ui/toast-store";
import type { Transcript } from "./transcript";

export type ShortcutId =
  | "palette"
  | "newChat"
  | "help"
  | "stop"
  | "focusComposer"
  | "sidebar"
  | "settings"
  | "copyAnswer"
  | "copyCode";

export interface Shortcut {
  id: ShortcutId;
  label: string;
  /** "Mod" is Cmd on Apple's keyboards and Ctrl on others. */
  keys: readonly string[];
}

export const SHORTCUTS: readonly Shortcut[] = [
  { id: "palette", label: "Command palette", keys: ["Mod", "K"] },
  { id: "newChat", label: "New chat", keys: ["Mod", "Shift", "O"] },
  { id: "focusComposer", label: "Go to the composer", keys: ["Shift", "Esc"] },
  { id: "stop", label: "Stop the answer, or close what is open", keys: ["Esc"] },
  { id: "copyAnswer", label: "Copy the last answer", keys: ["Mod", "Shift", "C"] },
  { id: "copyCode", label: "Copy the last code", keys: ["Mod", "Shift", ";"] },
  { id: "sidebar", label: "Show or hide the side bar", keys: ["Mod", "B"] },
  { id: "settings", label: "Your own settings", keys: ["Mod", "."] },
  { id: "help", label: "These shortcuts", keys: ["Mod", "/"] },
];

/** A key as this person's keyboard calls it. */
export function keyLabel(key: string): string {
  const isApple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
  if (key === "Mod") return isApple ? "⌘" : "Ctrl";
  if (key === "Shift") return isApple ? "⇧" : "Shift";
  return key;
}

/** Calls the handler of the shortcut that was pressed. */
export function useShortcuts(handlers: Partial<Record<ShortcutId, () => void>>): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || !isSwitchedOn("shortcuts")) return;
      const pressed = SHORTCUTS.find((shortcut) => isPressed(shortcut, event));
      const handler = pressed === undefined ? undefined : latest.current[pressed.id];
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** The shortcuts that act on the open conversation. */
export function useAnswerShortcuts(transcript: Transcript, stop: () => void): void {
  const answer = () => transcript.messages.findLast((message) => message.role === "assistant")?.text ?? "";
  const isWriting = transcript.run !== null;
  useShortcuts({
    ...(isWriting && { stop: () => isDialogOpen() || stop() }),
    focusComposer: () => document.getElementById("composer")?.focus(),
    copyAnswer: () => void copyAndSay(answer(), "Answer copied"),
    copyCode: () => void copyAndSay(lastCode(), "Code copied"),
  });
}

async function copyAndSay(text: string, title: string): Promise<void> {
  if (text !== "" && (await copyText(text))) showToast({ id: "copied", kind: "success", title });
}

function lastCode(): string {
  return [...document.querySelectorAll("[data-copy-code]")].at(-1)?.textContent ?? "";
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}

function isPressed({ keys }: Shortcut, event: KeyboardEvent): boolean {
  const isMod = event.metaKey || event.ctrlKey;
  if (isMod !== keys.includes("Mod") || event.shiftKey !== keys.includes("Shift") || event.altKey)
    return false;
  const key = keys.at(-1);
  if (key === "Esc") return event.key === "Escape";
  if (key === ";") return event.code === "Semicolon";
  return event.key.toUpperCase() === key;
}
