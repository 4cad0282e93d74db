import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { MessageItem } from "../../../server/chat/contract";
import { message } from "../../../tests/factories/chat-api";
import { AssistantMessage } from "./assistant-message";
import type { MessageCommands } from "./message-commands";

afterEach(cleanup);

function show(change: Partial<MessageItem>, state: Partial<MessageCommands> & { isLast?: boolean } = {}) {
  const { isLast = true, ...given } = state;
  const commands: MessageCommands = {
    edit: vi.fn(),
    again: vi.fn(),
    showVersion: vi.fn(),
    isBusy: false,
    isReadOnly: false,
    ...given,
  };
  render(
    <AssistantMessage
      message={message({ id: "a-1", ...change })}
      commands={commands}
      openingAgent="triage"
      isLast={isLast}
    />,
  );
  return commands;
}

const names = () =>
  screen.queryAllByRole("button").map((button) => button.getAttribute("aria-label") ?? button.textContent);

test("an error shows its cause in the message, keeps the text and can be retried", async () => {
  const commands = show({ status: "error", text: "Half", errorMessage: "The model is overloaded." });
  expect(screen.getByRole("alert").textContent).toContain("The model is overloaded.");
  expect(screen.getByText("Half")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(commands.again).toHaveBeenCalledWith("retry", "a-1");
});

test("a stopped or interrupted answer can be continued when it has text, retried when it has none", async () => {
  const commands = show({ status: "interrupted", text: "Half" });
  await userEvent.click(screen.getByRole("button", { name: "Continue" }));
  expect(commands.again).toHaveBeenCalledWith("continue", "a-1");
  cleanup();
  show({ status: "stopped", text: "" });
  expect(names()).toContain("Retry");
  expect(names()).not.toContain("Continue");
});

test("while it is written nothing can be done with it, and it says that it is busy", () => {
  show({ status: "streaming", text: "Half", runId: "r" });
  expect(names()).toEqual([]);
  expect(document.querySelector("[aria-busy=true]")).not.toBeNull();
});

test("who may only read sees no way to change anything", () => {
  show({ status: "error", errorMessage: "No." }, { isReadOnly: true });
  expect(names()).not.toContain("Retry");
  expect(names()).not.toContain("Regenerate answer");
});

test("only the last answer can be continued; earlier ones keep their mark", () => {
  show({ status: "stopped", text: "Half" }, { isLast: false });
  expect(screen.getByText("You stopped this answer.")).toBeTruthy();
  expect(names()).not.toContain("Continue");
});

test("versions are counted and reached by name", async () => {
  const commands = show({ siblingIds: ["a-0", "a-1", "a-9"], text: "Two" });
  expect(screen.getByText("2/3")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Next version" }));
  expect(commands.showVersion).toHaveBeenCalledWith("a-9");
});

test("a handover names who took over; a tool opens to what it was asked and what it answered", async () => {
  show({
    text: "Done.",
    agent: "data-analyst",
    isTrimmed: true,
    activity: [
      { kind: "agent", agent: "data-analyst", name: "Data analyst", offset: 0 },
      {
        kind: "tool",
        callId: "t",
        name: "calculator",
        phase: "finished",
        arguments: '{"expression":"6*7"}',
        output: "42",
        offset: 0,
      },
    ],
  });
  expect(screen.getByRole("heading").textContent).toContain("Triage");
  expect(screen.getByText("Handed over to")).toBeTruthy();
  await userEvent.click(screen.getByText("Calculated"));
  expect(screen.getByText(/"expression": "6\*7"/)).toBeTruthy();
  expect(screen.getByText("42")).toBeTruthy();
  expect(screen.getByText(/Earlier turns were left out/)).toBeTruthy();
});
