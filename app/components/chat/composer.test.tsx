import { createRemixStub } from "@remix-run/testing";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MESSAGE_LENGTH_MAX } from "../../../server/chat/terms";
import { Composer, type ComposerProps } from "./composer";

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(change: Partial<ComposerProps> = {}) {
  const onSend = vi.fn(async () => true);
  const props: ComposerProps = {
    draftKey: "acme/c-1",
    placeholder: "Reply…",
    isWriting: false,
    isStopping: false,
    isReadOnly: false,
    clientMessageId: "form-1",
    lastText: "What I said last",
    onSend,
    onStop: vi.fn(),
    ...change,
  };
  const Stub = createRemixStub([{ path: "/", Component: () => <Composer {...props} /> }]);
  const page = render(<Stub />);
  return { onSend, props, field: screen.getByRole<HTMLTextAreaElement>("textbox"), unmount: page.unmount };
}

test("Enter sends and empties, Shift+Enter breaks the line", async () => {
  const { field, onSend } = show();
  await userEvent.type(field, "One{Shift>}{Enter}{/Shift}two{Enter}");
  expect(onSend).toHaveBeenCalledWith("One\ntwo");
  expect(field.value).toBe("");
});

test("Enter that picks a character of an input method does not send", async () => {
  const { field, onSend } = show();
  await userEvent.type(field, "にほん");
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  expect(onSend).not.toHaveBeenCalled();
});

test("on a touch keyboard Enter breaks the line", async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  const { field, onSend } = show();
  await userEvent.type(field, "One{Enter}two");
  expect(onSend).not.toHaveBeenCalled();
  expect(field.value).toBe("One\ntwo");
});

test("a refused text comes back", async () => {
  const { field } = show({ onSend: async () => false });
  await userEvent.type(field, "Precious words{Enter}");
  await waitFor(() => expect(field.value).toBe("Precious words"));
});

/** A server that answers when the test says so. */
function slowServer() {
  let answer = (_isTaken: boolean) => {};
  const onSend = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
  return { onSend, answer: async (isTaken: boolean) => act(async () => answer(isTaken)) };
}

const stored = () => localStorage.getItem("parley:draft:acme/c-1");

test("a text that is refused late stands before what was typed meanwhile", async () => {
  const { onSend, answer } = slowServer();
  const { field } = show({ onSend });
  await userEvent.type(field, "First thought{Enter}");
  expect(field.value).toBe("");
  await userEvent.type(field, "Second thought{Enter}");
  expect(onSend).toHaveBeenCalledTimes(1);
  await answer(false);
  expect(field.value).toBe("First thought\n\nSecond thought");
});

test("what is sent is kept until it is taken, also when the page is left before that", async () => {
  const { onSend, answer } = slowServer();
  const first = show({ onSend });
  await userEvent.type(first.field, "Precious words{Enter}");
  expect(stored()).toBe("Precious words");
  await userEvent.type(first.field, "and more");
  first.unmount();
  expect(stored()).toBe("Precious words\n\nand more");
  await answer(true);
  expect(stored()).toBe("and more");
});

test("what is taken is no draft any more", async () => {
  const { onSend, answer } = slowServer();
  const { field } = show({ onSend });
  await userEvent.type(field, "Precious words{Enter}");
  await answer(true);
  expect(field.value).toBe("");
  expect(stored()).toBeNull();
});

test("a draft is kept per conversation, also when the page is left at once", async () => {
  const first = show();
  await userEvent.type(first.field, "Not sent yet");
  first.unmount();
  const other = show({ draftKey: "acme/c-2" });
  expect(other.field.value).toBe("");
  other.unmount();
  expect(show().field.value).toBe("Not sent yet");
});

test("the up arrow brings the last text back into an empty composer alone", async () => {
  const { field } = show();
  await userEvent.type(field, "{ArrowUp}");
  expect(field.value).toBe("What I said last");
  await userEvent.clear(field);
  await userEvent.type(field, "x{ArrowUp}");
  expect(field.value).toBe("x");
});

test("near the limit it counts, beyond it does not send", async () => {
  const { field, onSend } = show();
  fireEvent.change(field, { target: { value: "x".repeat(MESSAGE_LENGTH_MAX - 5) } });
  expect(screen.getByText("5 left")).toBeTruthy();
  fireEvent.change(field, { target: { value: "x".repeat(MESSAGE_LENGTH_MAX + 1) } });
  expect(screen.getByText("1 too long")).toBeTruthy();
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onSend).not.toHaveBeenCalled();
});

test("while an answer is written, Send is Stop, and Enter keeps the text", async () => {
  const { field, props, onSend } = show({ isWriting: true });
  // The form without scripts keeps its Send; the style sheet hides it from everyone else.
  expect(screen.getByRole("button", { name: "Send" }).className).toContain("hidden!");
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(props.onStop).toHaveBeenCalled();
  await userEvent.type(field, "Next{Enter}");
  expect(onSend).not.toHaveBeenCalled();
  expect(field.value).toBe("Next");
});

test("who may only read cannot write", () => {
  expect(show({ isReadOnly: true }).field.disabled).toBe(true);
});
