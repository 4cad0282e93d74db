import { createRemixStub } from "@remix-run/testing";
import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { EventDispatches } from "./detail";
import { DryRun } from "./outcome";
import { EventTable } from "./table";
import { replayedSentence } from "./words";

const AT = "2026-11-01T09:00:00.000Z";

function show(content: ReactNode): void {
  const Stub = createRemixStub([{ path: "/", Component: () => content }]);
  render(<Stub />);
}

test("an event leads to its page and says what became of it, handler by handler", () => {
  const failed = { handler: "payment", status: "failed" as const, attempts: 2, lastError: "Stripe is away" };
  const ignored = { handler: "none", status: "ignored" as const, attempts: 0, lastError: null };
  const event = { eventId: "evt_1", type: "invoice.paid", tenantId: "t", tenantName: "Acme" };
  const more = { receivedAt: AT, deliveryCount: 3, dispatches: [failed, ignored] };
  show(<EventTable events={[{ ...event, ...more }]} />);
  expect(screen.getByRole("link", { name: "invoice.paid" }).getAttribute("href")).toBe(
    "/admin/billing/events/evt_1",
  );
  expect(screen.getByText("Failed, tried again")).toBeDefined();
  expect(screen.getByText("Stripe is away")).toBeDefined();
  expect(screen.getByText("Nothing to do")).toBeDefined();
  expect(screen.getByText("3 deliveries")).toBeDefined();
});

test("who replayed an event stands beside what became of it", () => {
  const dispatch = { id: "d", handler: "payment", status: "done" as const, attempts: 1, nextAt: null };
  const ended = {
    lastError: null,
    doneAt: AT,
    replayedBy: "olga@example.com",
    replayedAt: AT,
    objectId: null,
  };
  show(<EventDispatches dispatches={[{ ...dispatch, ...ended }]} />);
  expect(screen.getByText(/by olga@example.com/)).toBeDefined();
  expect(screen.getByText("1 attempt")).toBeDefined();
});

test("a dry run shows each field before and after", () => {
  const fields = [{ name: "balance_nano", before: "0", after: "7" }];
  const changes = [{ table: "reserve_accounts", kind: "changed" as const, row: "t", fields }];
  const item = { eventId: "evt_1", type: "invoice.paid", handler: "payment", note: "This would be written." };
  show(<DryRun items={[{ ...item, before: "dead", after: "dead", changes }]} />);
  expect(screen.getByText("Changed in reserve_accounts: t")).toBeDefined();
  expect(screen.getByRole("row", { name: "balance_nano 0 7" })).toBeDefined();
});

test("a replay is told in one sentence, however many there were", () => {
  expect(replayedSentence([{ after: "done", note: "Handled." }])).toBe("Handled.");
  const two = [
    { after: "done" as const, note: "" },
    { after: "dead" as const, note: "" },
  ];
  expect(replayedSentence(two)).toBe("1 ended, 1 did not");
});
