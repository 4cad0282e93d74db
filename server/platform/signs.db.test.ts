import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { takeFaults } from "../../tests/factories/faults";
import { areAmong, sign, watchSigns } from "./signs";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const ROUND_MS = 4_000;
const afterRounds = (count: number) => vi.advanceTimersByTimeAsync(count * ROUND_MS);

test("one question a round is asked for all streams, and only those whose sign has changed hear of it", async () => {
  const gone = new Set<string>();
  const lookAtAll = vi.fn(async (keys: string[]) => keys.map((key) => !gone.has(key)));
  const heard: string[] = [];
  const leave = ["a", "b", "c"].map((key) => watchSigns([sign(lookAtAll, key)], () => heard.push(key)));
  await afterRounds(2);
  expect(lookAtAll.mock.calls).toEqual([[["a", "b", "c"]], [["a", "b", "c"]]]);
  expect(heard).toEqual([]);
  gone.add("b");
  await afterRounds(1);
  expect(heard).toEqual(["b"]);
  for (const end of leave) end();
});

test("a stream with several signs hears of each that has changed; different questions are asked side by side", async () => {
  const same = async (keys: number[]) => keys.map(() => true);
  const changed = async (keys: number[]) => keys.map(() => false);
  const [onChange, onNothing] = [vi.fn(), vi.fn()];
  const leave = [
    watchSigns([sign(same, 1), sign(changed, 1)], onChange),
    watchSigns([sign(same, 2)], onNothing),
  ];
  await afterRounds(1);
  expect(onChange).toHaveBeenCalledTimes(1);
  expect(onNothing).not.toHaveBeenCalled();
  for (const end of leave) end();
});

test("whoever has left is asked about no more, and with the last one the rounds end", async () => {
  const lookAtAll = vi.fn(async (keys: string[]) => keys.map(() => false));
  const [first, second] = [vi.fn(), vi.fn()];
  const leaveFirst = watchSigns([sign(lookAtAll, "first")], first);
  const leaveSecond = watchSigns([sign(lookAtAll, "second")], second);
  leaveFirst();
  await afterRounds(1);
  expect(lookAtAll.mock.calls).toEqual([[["second"]]]);
  leaveSecond();
  await afterRounds(3);
  expect(lookAtAll).toHaveBeenCalledTimes(1);
  expect([first, second].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  expect(vi.getTimerCount()).toBe(0);
  const leaveThird = watchSigns([sign(lookAtAll, "third")], () => {});
  await afterRounds(1);
  expect(lookAtAll.mock.lastCall).toEqual([["third"]]);
  leaveThird();
});

test("an outage says nothing about anybody; a fault makes every stream ask by itself", async () => {
  const failures = [Object.assign(new Error("away"), { code: "ECONNREFUSED" }), new Error("wrong")];
  const lookAtAll = async (): Promise<boolean[]> => {
    throw failures.shift() ?? new Error("asked too often");
  };
  const onChange = vi.fn();
  const leave = watchSigns([sign(lookAtAll, "a")], onChange);
  await afterRounds(1);
  expect(onChange).not.toHaveBeenCalled();
  await afterRounds(1);
  expect(onChange).toHaveBeenCalledTimes(1);
  leave();
  expect(takeFaults()).toEqual([expect.stringContaining("signs.failed")]);
});

test("ids that a statement did not answer are not among them", () => {
  expect(areAmong(["a", "b", "a"], [{ id: "a" }, { id: "c" }])).toEqual([true, false, true]);
});
