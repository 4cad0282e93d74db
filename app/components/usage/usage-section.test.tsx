import { createRemixStub } from "@remix-run/testing";
import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { UsageReport, UsageRow, UsageSums } from "../../../server/usage/summary";
import { UsageSection } from "./usage-section";

afterEach(cleanup);

const sums = (change: Partial<UsageSums> = {}): UsageSums => ({
  ...{ calls: 1, messages: 1, inputTokens: 1_234, outputTokens: 10 },
  ...{ costNano: "160000", cost: "0.00016", chargedNano: "0", charged: "0.00" },
  ...change,
});
const row = (change: Partial<UsageRow>): UsageRow => ({
  key: "k",
  label: "Name",
  memberName: null,
  ...sums(),
  ...change,
});

function show(change: Partial<UsageReport>) {
  const report: UsageReport = {
    ...{ from: "2026-01-01", to: "2026-01-03", groupBy: "model", isWhole: true, rows: [], rest: null },
    total: sums(),
    ...change,
  };
  const Stub = createRemixStub([
    { path: "/t/:tenant/usage", Component: () => <UsageSection report={report} /> },
  ]);
  render(<Stub initialEntries={["/t/acme/usage"]} />);
}

const names = () => screen.getAllByRole("rowheader").map(({ textContent }) => textContent);

test("days without use are in the chart and not in the table, the latest first", () => {
  const rows = ["2026-01-01", "2026-01-02", "2026-01-03"].map((key, index) =>
    row({ key, label: key, ...(index === 1 && sums({ calls: 0, costNano: "0" })) }),
  );
  show({ groupBy: "day", rows });
  expect(names()).toEqual(["2026-01-03", "2026-01-01", "Together"]);
  expect(screen.getByRole("img").querySelectorAll("rect")).toHaveLength(3);
});

test("a table beside each chart tells exact costs, and what the rows leave out", () => {
  show({ rows: [row({ key: "m", label: "Quick one" })], rest: sums({ costNano: "45" }) });
  const line = screen.getByRole("row", { name: /^Quick one/ });
  expect(within(line).getByText("$0.00016")).toBeTruthy();
  expect(names()).toEqual(["Quick one", "Everything else", "Together"]);
});

test("somebody else's conversation goes by its owner's name, one's own leads to it", () => {
  const rows = [
    row({ key: "own", label: "My plan" }),
    row({ key: "other", label: null, memberName: "Mia" }),
    row({ key: "gone", label: null }),
  ];
  show({ groupBy: "conversation", rows });
  expect(names()).toEqual(["My plan", "A conversation of Mia", "A deleted conversation", "Together"]);
  expect(screen.getByRole("link").getAttribute("href")).toBe("/t/acme/chat/own");
});

test("without use there is nothing to show", () => {
  show({ rows: [] });
  expect(screen.queryByRole("table")).toBeNull();
});
