// When a group is written, by a clock that only the test moves.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClaimedRun } from "../owner/claims";
import { RunControl } from "../owner/control";
import { EventWriter } from "./writer";

const { query } = vi.hoisted(() => ({ query: vi.fn() }));
// why: what is tested is when the statement is sent; what it does is tested on the database.
vi.mock("../../platform/db", () => ({ platformPool: () => ({ query }) }));

/** Events are committed within 50 ms; this much of it is left to wait for others, the rest is the statement's. */
const WAIT_MS_MAX = 30;

const run = { id: "r", fence: 1, scope: { tenantId: "t", userId: "u" } } as unknown as ClaimedRun;
const delta = (sequence: number) => ({ sequence, event: { type: "delta" as const, text: "x" } });
const sequencesOf = (call: number) =>
  (JSON.parse(String(query.mock.calls[call]?.[0].values[0])) as { sequence: number }[]).map(
    ({ sequence }) => sequence,
  );

beforeEach(() => {
  vi.useFakeTimers();
  query.mockReset().mockResolvedValue({ rows: [] });
});
afterEach(() => vi.useRealTimers());

test("an event waits for others for no longer than leaves time to commit it within 50 ms", async () => {
  const writer = new EventWriter();
  const control = new RunControl();
  writer.add(run, control, delta(1));
  await vi.advanceTimersByTimeAsync(10);
  writer.add(run, control, delta(2));
  await vi.advanceTimersByTimeAsync(WAIT_MS_MAX - 10);
  expect(query).toHaveBeenCalledTimes(1);
  expect(sequencesOf(0)).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(query).toHaveBeenCalledTimes(1);
});

test("what came while a slow group was written goes out as soon as that is over", async () => {
  let end = (_answer: { rows: never[] }) => {};
  query.mockReturnValueOnce(
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  const writer = new EventWriter();
  const control = new RunControl();
  writer.add(run, control, delta(1));
  await vi.advanceTimersByTimeAsync(WAIT_MS_MAX);
  writer.add(run, control, delta(2));
  await vi.advanceTimersByTimeAsync(WAIT_MS_MAX);
  end({ rows: [] });
  await vi.advanceTimersByTimeAsync(1);
  expect(query).toHaveBeenCalledTimes(2);
  expect(sequencesOf(1)).toEqual([2]);
});
