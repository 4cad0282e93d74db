import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { turnSwitch } from "~/components/shell/device-switch";
import { SHORTCUTS, type ShortcutId, useShortcuts } from "./shortcuts";

afterEach(() => {
  cleanup();
  localStorage.clear();
});

function listen() {
  const pressed: ShortcutId[] = [];
  const handlers = Object.fromEntries(SHORTCUTS.map(({ id }) => [id, () => pressed.push(id)]));
  const Listener = () => {
    useShortcuts(handlers);
    return null;
  };
  render(<Listener />);
  return pressed;
}

test("keys reach their one action, with Ctrl as with Cmd", () => {
  const pressed = listen();
  fireEvent.keyDown(window, { key: "k", ctrlKey: true });
  fireEvent.keyDown(window, { key: "O", metaKey: true, shiftKey: true });
  fireEvent.keyDown(window, { key: ":", code: "Semicolon", ctrlKey: true, shiftKey: true });
  fireEvent.keyDown(window, { key: "Escape" });
  fireEvent.keyDown(window, { key: "Escape", shiftKey: true });
  fireEvent.keyDown(window, { key: ".", metaKey: true });
  fireEvent.keyDown(window, { key: "k" });
  fireEvent.keyDown(window, { key: "." });
  expect(pressed).toEqual(["palette", "newChat", "copyCode", "stop", "focusComposer", "settings"]);
});

test("a key that something else has taken, or that composes a character, is left alone", () => {
  const pressed = listen();
  const take = vi.fn((event: Event) => event.preventDefault());
  document.body.addEventListener("keydown", take, { once: true });
  fireEvent.keyDown(document.body, { key: "Escape" });
  fireEvent.keyDown(window, { key: "Escape", isComposing: true });
  expect(take).toHaveBeenCalled();
  expect(pressed).toEqual([]);
});

test("one switch turns all of them off", () => {
  const pressed = listen();
  turnSwitch("shortcuts", false);
  fireEvent.keyDown(window, { key: "k", ctrlKey: true });
  expect(pressed).toEqual([]);
  turnSwitch("shortcuts", true);
  fireEvent.keyDown(window, { key: "k", ctrlKey: true });
  expect(pressed).toEqual(["palette"]);
});
