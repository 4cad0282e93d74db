import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StatusBar } from "../../../server/usage/status-bar";
import { StatusLine } from "./status-line";
import { tellStatus } from "./status-news";
import { waitMs } from "./use-status";

const SEED: StatusBar = {
  reserveBalanceNano: "12345000000",
  reserveBalanceCents: 1234,
  reserveBalanceDollars: "12.345",
  isLowBalance: false,
  tokensIn: 1_250,
  tokensOut: 34_000_000,
  jobsRunning: 2,
  updatedAt: "2026-01-01T00:00:00.000Z",
};

let isVisible = true;

beforeEach(() => {
  isVisible = true;
  vi.useFakeTimers();
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (isVisible ? "visible" : "hidden"));
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function show(change: Partial<StatusBar> = {}) {
  const seed = { ...SEED, ...change };
  render(<StatusLine tenantSlug="acme" seed={seed} isFullHeight={false} />);
}

/** The server as a test says it is; answers how often it was asked. */
function serve(answer: () => Response | Error) {
  const asked = vi.fn(async () => {
    const given = answer();
    if (given instanceof Error) throw given;
    return given;
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

const json = (status: StatusBar) => Response.json({ result: { data: status } });
const pass = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1_000));
const line = () => screen.getByRole("region", { name: "Status" }).textContent;

test("balance, tokens and what runs are told, the balance's colour in words too", () => {
  show();
  expect(line()).toBe("Reserve$12.34, enoughTokens in1.2KTokens out34MRunning2Updatednow");
  cleanup();
  show({ isLowBalance: true });
  expect(line()).toContain("$12.34, low");
  cleanup();
  show({ reserveBalanceNano: "-5000000000", isLowBalance: true });
  expect(line()).toContain("-$5.00, used up");
  cleanup();
  show({ reserveBalanceNano: "0" });
  expect(line()).toContain("$0.00, never filled");
});

test("who may not see the reserve sees no balance", () => {
  show({ reserveBalanceNano: null });
  expect(line()).not.toContain("Reserve");
});

test("the numbers are asked for every thirty seconds", async () => {
  const asked = serve(() => json({ ...SEED, jobsRunning: 7 }));
  show();
  await pass(29);
  expect(asked).not.toHaveBeenCalled();
  await pass(1);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(line()).toContain("Running7");
  await pass(60);
  expect(asked).toHaveBeenCalledTimes(3);
});

test("what this tab has changed is asked for at once, and the thirty seconds begin anew", async () => {
  const asked = serve(() => json({ ...SEED, jobsRunning: 0 }));
  show();
  await pass(20);
  await act(async () => tellStatus());
  expect(asked).toHaveBeenCalledTimes(1);
  expect(line()).toContain("Running0");
  await pass(29);
  expect(asked).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(asked).toHaveBeenCalledTimes(2);
});

test("while the server is out of reach the values are dashes, and it is asked less often", async () => {
  const asked = serve(() => new Error("offline"));
  show();
  await pass(30);
  expect(line()).toBe("Reserve—Tokens in—Tokens out—Running—Updatednow");
  await pass(59);
  expect(asked).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(asked).toHaveBeenCalledTimes(2);
  expect(line()).toContain("Updated1 min ago");
  expect([0, 1, 2, 3, 4, 9].map(waitMs)).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
});

test("a hidden tab asks nothing, and asks at once when it is looked at again", async () => {
  const asked = serve(() => json(SEED));
  show();
  isVisible = false;
  await act(async () => document.dispatchEvent(new Event("visibilitychange")));
  await pass(300);
  expect(asked).not.toHaveBeenCalled();
  isVisible = true;
  await act(async () => document.dispatchEvent(new Event("visibilitychange")));
  expect(asked).toHaveBeenCalledTimes(1);
});
