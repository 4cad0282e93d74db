import { expect, test } from "vitest";
import type { BillingEvent } from "../../../server/billing/stream/channel";
import { mergedBySeq } from "./event-list";
import { wordsOf } from "./event-words";

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
