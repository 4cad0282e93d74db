import { useLoaderData } from "@remix-run/react";
import { createRemixStub } from "@remix-run/testing";
import { act, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { BillingEvent } from "../../../server/billing/stream/channel";
import { EventList, mergedBySeq } from "./event-list";
import { wordsOf } from "./event-words";
import type { LiveEvent } from "./use-billing-live";

let tell: (event: LiveEvent) => void;

// why: a browser's stream of events is not at hand; the page is told when the test says so.
vi.mock("./use-billing-live", () => ({
  useBillingLive: (_: string, onEvent: typeof tell) => {
    tell = onEvent;
    return { isLive: true };
  },
}));

const event = (seq: number): BillingEvent => ({
  seq,
  type: "topup",
  payload: { amountNano: "5000000000", isAutomatic: false },
  createdAt: "2026-11-21T12:00:00.000Z",
});

test("live rows, the page and older rows are one list, newest first, each event once", () => {
  const page = [event(5), event(4), event(3)];
  const merged = mergedBySeq(page, [event(6), event(5), event(7)], [event(2), event(3), event(1)]);
  expect(merged.map(({ seq }) => seq)).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test("after a reset the list is what the page says now, since what was read before does not join it", async () => {
  let page = [event(3), event(2)];
  const Page = () => <EventList {...useLoaderData<typeof loader>()} />;
  const loader = () => ({ items: page, nextCursor: null, lastEventId: "3", isFirst: true });
  const Stub = createRemixStub([{ path: "/", Component: Page, loader }]);
  render(<Stub />);
  await screen.findAllByText("Top-up");
  act(() => tell(event(4)));
  expect(screen.getAllByRole("listitem")).toHaveLength(3);
  page = [event(90)];
  await act(async () => tell({ type: "reset" }));
  await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(1));
  act(() => tell(event(91)));
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
});

test("every event says what happened, and one of an unknown kind says its kind", () => {
  expect(wordsOf(event(1))).toEqual({ title: "Top-up", detail: "$5.00 added to the reserve" });
  const dispute = { type: "dispute", payload: { amountNano: "-30000000000" } } as const;
  expect(wordsOf(dispute)).toEqual({ title: "Dispute", detail: "$30.00 left the reserve" });
  const auto = { type: "auto_topup", payload: { state: "failed", amountCents: 5_000 } } as const;
  expect(wordsOf(auto)).toEqual({
    title: "Automatic top-up of $50.00",
    detail: "The payment did not go through",
  });
  const invoice = {
    type: "invoice",
    payload: { number: "P-1", status: "paid", totalNano: "20000000000" },
  } as const;
  expect(wordsOf(invoice)).toEqual({ title: "Invoice P-1", detail: "paid · $20.00" });
  const later = { type: "of a later version", payload: {} } as unknown as BillingEvent;
  expect(wordsOf(later)).toEqual({ title: "of a later version", detail: "" });
});
