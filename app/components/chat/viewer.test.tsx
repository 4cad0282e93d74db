// A viewer's chat: what is there can be read, nothing can be written, and the page says why.

import { createRemixStub } from "@remix-run/testing";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { FINISHED_TURN } from "../../../tests/factories/chat-api";
import { CHAT_ROUTE, type ChatData } from "./chat-data";
import { Conversation } from "./conversation";
import { NewChat } from "./new-chat";

const CONVERSATION = {
  id: "c-1",
  title: "Shared figures",
  titleSource: "person" as const,
  preview: null,
  model: "demo",
  agent: "triage",
  messageCount: 2,
  lastMessageAt: "2026-01-01T00:00:00.000Z",
  createdAt: "2026-01-01T00:00:00.000Z",
  archivedAt: null,
  isUnread: false,
  activeRunId: null,
  activeLeafId: "a-1",
  inputTokens: 0,
  outputTokens: 0,
  handoffCount: 0,
};

async function showAs(canWrite: boolean, page: React.ReactElement): Promise<HTMLTextAreaElement> {
  const data: ChatData = {
    conversations: { items: [], nextCursor: null },
    models: [{ id: "demo", label: "Demo" }],
    usual: { agentId: "triage", model: "demo" },
    canExport: true,
    canWrite,
    renderedAt: "2026-01-01T00:00:00.000Z",
  };
  const Stub = createRemixStub([
    { id: CHAT_ROUTE, path: "/t/:tenant/chat", loader: () => data, Component: () => page },
  ]);
  render(
    <Stub
      initialEntries={[`/t/acme-${canWrite}/chat`]}
      hydrationData={{ loaderData: { [CHAT_ROUTE]: data } }}
    />,
  );
  return screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
}

const conversation = (
  <Conversation conversation={CONVERSATION} page={FINISHED_TURN} clientMessageId="form-1" refusal={null} />
);

test("a viewer reads a conversation; composer and every action that writes are off, with the reason", async () => {
  const composer = await showAs(false, conversation);
  expect(screen.getByText("First answer")).toBeDefined();
  expect(composer.disabled).toBe(true);
  expect(composer.placeholder).toBe("You can read here; writing needs the member role.");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  for (const name of ["Edit message", "Regenerate answer", "Retry", "Continue"]) {
    expect(screen.queryByRole("button", { name }), name).toBeNull();
  }
});

test("a member of the same conversation writes and repeats", async () => {
  const composer = await showAs(true, conversation);
  expect(composer.disabled).toBe(false);
  expect(screen.getByRole("button", { name: "Edit message" })).toBeDefined();
  expect(screen.getByRole("button", { name: "Regenerate answer" })).toBeDefined();
});

test("a viewer's new chat offers no starters and says whom to ask", async () => {
  const composer = await showAs(false, <NewChat personName="Vera" clientMessageId="form-1" refusal={null} />);
  expect(composer.disabled).toBe(true);
  expect(screen.getByText(/^As a viewer you can read .* Ask an admin for the member role/)).toBeDefined();
  expect(screen.queryByRole("button", { name: /Make sense of a table/ })).toBeNull();
});
