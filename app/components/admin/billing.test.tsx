import { createRemixStub } from "@remix-run/testing";
import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import type { NamedAdjustment } from "../../../server/wallet/adjustments";
import { AdjustmentList } from "./billing-adjustments";
import { BillingBooks } from "./billing-books";
import { GuardBanner } from "./billing-guard";
import { RateDraftCard } from "./billing-rate-draft";

const AT = "2026-11-01T09:00:00.000Z";
const adjustment: NamedAdjustment = {
  id: "1",
  tenantId: "t",
  tenantName: "Acme",
  amountNano: "-150000000000",
  reason: "Paid twice in October",
  state: "pending",
  requestedBy: "ann",
  requester: "ann@example.com",
  decidedBy: null,
  decider: null,
  createdAt: AT,
  decidedAt: null,
};

function show(content: ReactNode): void {
  const Stub = createRemixStub([{ path: "/", Component: () => content }]);
  render(<Stub />);
}

test("whoever asked for an adjustment takes it back and does not approve it", () => {
  show(<AdjustmentList adjustments={[adjustment]} deciderId="ann" />);
  expect(screen.queryByRole("button", { name: /Approve/ })).toBeNull();
  expect(screen.getByRole("button", { name: "Take back the adjustment of Acme" })).toBeDefined();
  expect(screen.getByText("-$150.00")).toBeDefined();
});

test("a second operator approves or turns down, and who may decide nothing is offered nothing", () => {
  show(<AdjustmentList adjustments={[adjustment]} deciderId="bob" />);
  expect(screen.getByRole("button", { name: "Approve the adjustment of Acme" })).toBeDefined();
  expect(screen.getByRole("button", { name: "Turn down the adjustment of Acme" })).toBeDefined();
  show(<AdjustmentList adjustments={[{ ...adjustment, tenantName: "Bolt" }]} deciderId={null} />);
  expect(screen.queryByRole("button", { name: /Bolt/ })).toBeNull();
});

test("books that disagree say so with each difference, and how many are not shown", () => {
  const run = { id: "r", askedBy: null, startedAt: AT, endedAt: AT, faultCount: 3, newFaultCount: 1 };
  const faults = [{ tenantId: "t", fault: "a spend counter is off", firstSeenAt: AT }];
  show(<BillingBooks books={{ runs: [run], faults, faultCount: 3 }} mayRun={false} />);
  expect(screen.getByRole("alert").textContent).toContain("3 differences");
  expect(screen.getByText(/a spend counter is off/)).toBeDefined();
  expect(screen.getByText("and 2 more")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Recompute now" })).toBeNull();
});

test("the banner stands while the guard of allowances is off, with its reason", () => {
  const guard = { isOn: false, reason: "The provider counts twice", changedBy: "ann", changedAt: AT };
  show(<GuardBanner guard={guard} />);
  expect(screen.getByRole("status").textContent).toContain("The provider counts twice");
  show(<GuardBanner guard={{ ...guard, isOn: true }} />);
  expect(screen.getAllByRole("status")).toHaveLength(1);
});

test("a draft that was refused keeps what was typed, also in rows that were added, with the error at its field", () => {
  const line = { item: "gpt-5.1", unit: "input_token", price: "1.25", per: 1_000_000 };
  const draft = {
    ...{ revision: 4, effectiveFrom: AT, cheapModels: [], lines: [line], updatedBy: null, updatedAt: AT },
    differences: [{ item: "gpt-5.1", unit: "input_token", before: line, after: null }],
  };
  const failure = {
    ...{ ok: false as const, message: "lines.4.price: Write a price as 0.03.", reason: null },
    errors: { "lines.4.price": "Write a price as 0.03." },
    values: { "lines.0.item": "gpt-6", "lines.4.item": "new-1", "lines.4.price": "cheap" },
  };
  show(<RateDraftCard draft={draft} currency="USD" failure={failure} />);
  const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
  expect(field("item, line 1").value).toBe("gpt-6");
  expect(field("price, line 5").value).toBe("cheap");
  expect(field("price, line 5").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("no price")).toBeDefined();
});
