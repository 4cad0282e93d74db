import { createRemixStub } from "@remix-run/testing";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { LimitHelp } from "./limit-help";

afterEach(cleanup);

type Limit = Parameters<typeof LimitHelp>[0]["limit"];

/** What somebody reads in the workspace `quiet`, who may manage its billing or may not. */
async function read(
  reason: string | null,
  options: { isManager: boolean; limit?: Limit; hasBilling?: boolean },
): Promise<string> {
  const { isManager, limit = null, hasBilling = true } = options;
  const permissions = isManager ? ["billing.manage"] : [];
  const Stub = createRemixStub([
    {
      id: "routes/t.$tenant",
      path: "/t/:tenant",
      loader: () => ({ permissions, hasBilling }),
      Component: () => (
        <p data-testid="help">
          <LimitHelp reason={reason} limit={limit} />
        </p>
      ),
    },
  ]);
  render(<Stub initialEntries={["/t/quiet"]} />);
  return (await screen.findByTestId("help")).textContent ?? "";
}

const link = () => screen.queryByRole("link")?.getAttribute("href") ?? null;

test("whoever looks after the money is led to where it is changed", async () => {
  const ways = [
    ["monthly_cap_reached", "/t/quiet/limits"],
    ["reserve_insufficient", "/t/quiet/billing"],
    ["usage_limit_exceeded", "/t/quiet/billing"],
    ["subscription_inactive", "/t/quiet/billing"],
  ] as const;
  for (const [reason, href] of ways) {
    await read(reason, { isManager: true });
    expect(link()).toBe(href);
    cleanup();
  }
});

test("others can ask for more where a limit is in the way, and read whom to ask where money is", async () => {
  expect(await read("monthly_cap_reached", { isManager: false })).toBe("Ask an admin to raise it");
  expect(link()).toBe("/t/quiet/limits");
  cleanup();
  expect(await read("reserve_insufficient", { isManager: false })).toBe("Ask an admin to top it up.");
  expect(link()).toBeNull();
});

test("without billing nobody is led to it", async () => {
  await read("reserve_insufficient", { isManager: true, hasBilling: false });
  expect(link()).toBeNull();
  cleanup();
  await read("monthly_cap_reached", { isManager: true, hasBilling: false });
  expect(link()).toBe("/t/quiet/limits");
});

test("the limit itself is named, with what is used of it", async () => {
  const cap = { feature: "member_monthly_spend", limit: "2000000000", usage: "1990000000", window: "month" };
  expect(await read("monthly_cap_reached", { isManager: false, limit: cap })).toContain(
    "Your own limit: $1.99 of $2.00 this month.",
  );
  cleanup();
  const quota = { plan: "free", feature: "message", limit: "50", usage: "50", window: "day" };
  expect(await read("usage_limit_exceeded", { isManager: true, limit: quota })).toContain(
    "50 of 50 messages of the plan free today.",
  );
});

test("a fault that no limit is behind gets no help", async () => {
  expect(await read("provider_timeout", { isManager: true })).toBe("");
});
