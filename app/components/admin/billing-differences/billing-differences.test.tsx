import { createRemixStub } from "@remix-run/testing";
import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import type { DifferenceItem } from "../../../../server/billing/compare/list";
import { ComparisonCard, DifferencesBanner } from "./overview";
import { DifferenceTable } from "./table";

const AT = "2026-11-01T09:00:00.000Z";
const DIFFERENCE: DifferenceItem = {
  ...{ id: "d1", kind: "seats", objectId: "sub_1", tenantId: "t", tenantName: "Acme" },
  ...{ ours: "4 taken", theirs: "3 billed", foundAt: AT, lastSeenAt: AT, byHand: null },
  ...{ repair: null, repairNote: null, resolvedAt: null, resolvedBy: null },
};

function show(content: ReactNode): void {
  const Stub = createRemixStub([{ path: "/", Component: () => content }]);
  render(<Stub />);
}

function showOne(traits: Partial<DifferenceItem>, mayRepair = true): void {
  show(<DifferenceTable differences={[{ ...DIFFERENCE, ...traits }]} mayRepair={mayRepair} />);
}

test("a difference shows both sides, leads to its workspace and is repaired by one button", () => {
  showOne({});
  expect(screen.getByText("4 taken")).toBeDefined();
  expect(screen.getByText("3 billed")).toBeDefined();
  expect(screen.getByRole("link", { name: "Acme" }).getAttribute("href")).toBe("/admin/billing/accounts/t");
  expect(screen.getByRole("button", { name: /^Repair: Seats taken and seats billed/ })).toBeDefined();
});

test("who may only read gets no button, and money has the reason instead of one", () => {
  showOne({}, false);
  expect(screen.queryByRole("button")).toBeNull();
  showOne({ kind: "balance", byHand: "A balance is never changed by a click." });
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.getByText("A balance is never changed by a click.")).toBeDefined();
});

test("a repair that is under way, that did not help, and that ended are told apart", () => {
  showOne({ repair: "asked" });
  expect(screen.getByText("Being repaired")).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
  showOne({ repair: "failed", repairNote: "It was tried, and they still differ." });
  expect(screen.getByText("It was tried, and they still differ.")).toBeDefined();
  expect(screen.getByRole("button").textContent).toContain("Try again");
  showOne({ resolvedAt: AT, resolvedBy: "olga@example.com" });
  expect(screen.getByText(/repaired by olga@example.com/)).toBeDefined();
});

test("how the comparison stands is said in a sentence, and the banner only while something differs", () => {
  show(<ComparisonCard comparison={{ open: 0, last: null, runningSince: null }} mayCompare={false} />);
  expect(screen.getByText(/the first comparison is tonight/)).toBeDefined();
  show(<DifferencesBanner open={0} />);
  expect(screen.queryByRole("link")).toBeNull();
  show(<DifferencesBanner open={2} />);
  expect(screen.getByText(/In 2 things/)).toBeDefined();
  expect(screen.getByRole("link").getAttribute("href")).toBe("/admin/billing/differences");
});
