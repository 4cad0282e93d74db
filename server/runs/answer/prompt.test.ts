import { expect, test } from "vitest";
import { trimTurns } from "./prompt";

const turn = (role: "user" | "assistant", length: number) => ({ role, content: "x".repeat(length) });

test("what fits stays, oldest first", () => {
  const path = [turn("user", 4), turn("assistant", 8), turn("user", 12)];
  expect(trimTurns(path, 1_000)).toEqual({ turns: [...path].reverse(), isTrimmed: false });
});

test("the oldest turns go first, and what is left begins with a person", () => {
  const path = [
    turn("user", 40),
    turn("assistant", 40),
    turn("user", 40),
    turn("assistant", 40),
    turn("user", 40),
  ];
  const { turns, isTrimmed } = trimTurns(path, 80);
  expect(isTrimmed).toBe(true);
  expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
});

test("the question stays even when nothing fits", () => {
  expect(trimTurns([turn("user", 4_000), turn("assistant", 4)], 10).turns).toHaveLength(1);
});
