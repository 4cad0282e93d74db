// What becomes of the conversation that a first message made, when the message is refused.

import { createRemixStub } from "@remix-run/testing";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { TRPCClientError } from "@trpc/client";
import { afterEach, expect, test, vi } from "vitest";
import { FakeStream, fakeChatApi } from "../../../tests/factories/chat-api";
import type { ChatApi } from "./chat-api";
import { CHAT_ROUTE, type ChatData } from "./chat-data";
import { NewChat } from "./new-chat";

const server = vi.hoisted(() => ({ api: null as unknown }));
// why: there is no server behind this page.
vi.mock("./chat-api", () => ({ chatApiOf: () => server.api }));

afterEach(cleanup);

const DATA: ChatData = {
  conversations: { items: [], nextCursor: null },
  models: [{ id: "demo", label: "Demo" }],
  usual: { agentId: "triage", model: "demo" },
  canExport: true,
  canWrite: true,
  renderedAt: "2026-01-01T00:00:00.000Z",
};

/** Says something in a new chat whose server answers so. */
async function say(slug: string, send: ChatApi["send"]) {
  const remove = vi.fn(async () => ({}));
  const createConversation = vi.fn(async () => ({ conversationId: "c-1" }));
  server.api = fakeChatApi(new FakeStream(), { send, remove, createConversation });
  const page = <NewChat personName="Ada" clientMessageId="form-1" refusal={null} />;
  const Stub = createRemixStub([
    {
      id: "routes/t.$tenant",
      path: "/t/:tenant",
      loader: () => ({ permissions: [] }),
      children: [{ id: CHAT_ROUTE, path: "chat", loader: () => DATA, Component: () => page }],
    },
  ]);
  const loaderData = { "routes/t.$tenant": { permissions: [] }, [CHAT_ROUTE]: DATA };
  render(<Stub initialEntries={[`/t/${slug}/chat`]} hydrationData={{ loaderData }} />);
  const composer = await screen.findByRole("textbox", { name: "Message" });
  await userEvent.type(composer, "Hello{Enter}");
  return { remove, createConversation };
}

function refused(reason: string): never {
  const data = { code: "PAYMENT_REQUIRED", httpStatus: 402, reason };
  throw TRPCClientError.from({ error: { message: "Refused.", code: -32002, data } } as never);
}

test("a question that is refused leaves no empty conversation behind", async () => {
  const { remove, createConversation } = await say("refused", async () => refused("reserve_insufficient"));
  await waitFor(() => expect(remove).toHaveBeenCalledExactlyOnceWith("c-1"));
  expect(screen.getByRole("alert").textContent).toContain("Refused.");
  expect(createConversation).toHaveBeenCalledOnce();
});

test("a conversation whose question may have arrived stays", async () => {
  const { remove } = await say("offline", async () => {
    throw new TypeError("fetch failed");
  });
  // It is tried again for a few seconds.
  expect((await screen.findByRole("alert", {}, { timeout: 30_000 })).textContent).toContain(
    "could not be reached",
  );
  expect(remove).not.toHaveBeenCalled();
});
