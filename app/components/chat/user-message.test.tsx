// A question that is changed in place: its editor goes when the text is taken, not before.

import { createRemixStub } from "@remix-run/testing";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { message } from "../../../tests/factories/chat-api";
import type { Failure } from "./failure";
import type { MessageCommands } from "./message-commands";
import { UserMessage } from "./user-message";

const REFUSED: Failure = {
  message: "The workspace's limit is reached.",
  reason: "monthly_cap_reached",
  isNetwork: false,
  retryAfterSeconds: null,
  limit: null,
};

/** The editor of a question whose edits are answered when the test says so. */
async function edit() {
  let answer = (_refused: Failure | null) => {};
  const save = vi.fn(() => new Promise<Failure | null>((resolve) => (answer = resolve)));
  const commands: MessageCommands = {
    edit: save,
    again: vi.fn(),
    showVersion: vi.fn(),
    isBusy: false,
    isReadOnly: false,
  };
  const question = message({ id: "u-1", role: "user", text: "Old question" });
  const Page = () => <UserMessage message={question} commands={commands} />;
  const Stub = createRemixStub([
    { id: "routes/t.$tenant", path: "/t/:tenant", loader: () => ({ permissions: [] }), Component: Page },
  ]);
  const loaderData = { "routes/t.$tenant": { permissions: [] } };
  render(<Stub initialEntries={["/t/acme"]} hydrationData={{ loaderData }} />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit message" }));
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Edit your message" });
  await userEvent.clear(field);
  await userEvent.type(field, "New question");
  return { field, save, answer: async (refused: Failure | null) => act(async () => answer(refused)) };
}

const editor = () => screen.queryByRole("textbox", { name: "Edit your message" });

test("an edit that is refused stays open with its text and the reason, and can be sent again", async () => {
  const { field, save, answer } = await edit();
  await userEvent.type(field, "{Control>}{Enter}{/Control}");
  expect(save).toHaveBeenCalledExactlyOnceWith("u-1", "New question");
  expect(field.readOnly).toBe(true);
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(save).toHaveBeenCalledTimes(1);
  await answer(REFUSED);
  expect(field.value).toBe("New question");
  expect(field.readOnly).toBe(false);
  expect(screen.getByRole("alert").textContent).toContain("The workspace's limit is reached.");
  expect(screen.getByRole("link", { name: "Ask an admin to raise it" })).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Save & rerun" }));
  expect(screen.queryByRole("alert")).toBeNull();
  expect(save).toHaveBeenCalledTimes(2);
  await answer(null);
  expect(editor()).toBeNull();
});

test("Escape leaves the question as it was", async () => {
  const { field, save } = await edit();
  await userEvent.type(field, "{Escape}");
  expect(editor()).toBeNull();
  expect(screen.getByText("Old question")).toBeDefined();
  expect(save).not.toHaveBeenCalled();
});
