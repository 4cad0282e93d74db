// The pages of the workspace in the palette: what the person may open, found by name.

import { createRemixStub } from "@remix-run/testing";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ROLE_PERMISSIONS, type TenantRole } from "../../../server/tenants/terms";
import { FakeStream, fakeChatApi } from "../../../tests/factories/chat-api";
import { CHAT_ROUTE, type ChatData } from "./chat-data";
import CommandPalette from "./command-palette";

// why: there is no server behind this page.
vi.mock("./chat-api", () => ({ chatApiOf: () => fakeChatApi(new FakeStream()) }));

const TENANT_ROUTE = "routes/t.$tenant";

/** The pages that the palette offers to this role. */
async function showTo(role: TenantRole, hasBilling = true): Promise<string[]> {
  const data: ChatData = {
    conversations: { items: [], nextCursor: null },
    models: [],
    usual: { agentId: "triage", model: "demo" },
    canExport: true,
    canWrite: true,
    renderedAt: "2026-01-01T00:00:00.000Z",
  };
  const frame = { permissions: [...ROLE_PERMISSIONS[role]], hasBilling };
  const chat = {
    id: CHAT_ROUTE,
    path: "chat",
    loader: () => data,
    Component: () => <CommandPalette onClose={vi.fn()} />,
  };
  const Stub = createRemixStub([
    {
      id: TENANT_ROUTE,
      path: "/t/:tenant",
      loader: () => frame,
      children: [chat, { path: "members", Component: () => <p>The people</p> }],
    },
  ]);
  const loaderData = { [TENANT_ROUTE]: frame, [CHAT_ROUTE]: data };
  render(<Stub initialEntries={[`/t/palette-${role}/chat`]} hydrationData={{ loaderData }} />);
  const group = await screen.findByRole("group", { name: "This workspace" });
  return within(group)
    .getAllByRole("option")
    .map((option) => option.textContent ?? "");
}

test("an owner finds every page of the workspace, also those that another page leads to", async () => {
  const pages = await showTo("owner");
  expect(pages).toEqual(expect.arrayContaining(["Members", "Billing", "Usage", "Limits", "Settings"]));
});

test("a member finds what members may open, and nothing else", async () => {
  const pages = await showTo("member");
  expect(pages).toContain("Usage");
  expect(pages).not.toContain("Billing");
  expect(pages).not.toContain("Settings");
});

test("without billing there is no page of it to find", async () => {
  const pages = await showTo("owner", false);
  expect(pages).toContain("Settings");
  expect(pages).not.toContain("Billing");
  expect(pages).not.toContain("Usage");
});

test("a page is found by its name, and opens", async () => {
  await showTo("admin");
  await userEvent.type(screen.getByPlaceholderText(/Type a command/), "memb{Enter}");
  expect(await screen.findByText("The people")).toBeDefined();
});
