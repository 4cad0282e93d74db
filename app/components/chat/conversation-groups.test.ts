import { expect, test } from "vitest";
import type { ConversationItem } from "../../../server/chat/contract";
import { groupsOf } from "./conversation-groups";

const at = (lastMessageAt: string) => ({ id: lastMessageAt, lastMessageAt }) as ConversationItem;
const now = new Date("2026-03-10T01:00:00Z");

test("days are counted as the person's calendar counts them", () => {
  const items = [
    at("2026-03-10T00:30:00Z"),
    at("2026-03-09T23:30:00Z"),
    at("2026-03-03T12:00:00Z"),
    at("2026-03-02T12:00:00Z"),
  ];
  const labels = (timeZone: string) =>
    groupsOf(items, now, timeZone).map((group) => [group.label, group.items.length]);
  expect(labels("UTC")).toEqual([
    ["Today", 1],
    ["Yesterday", 1],
    ["Previous 7 days", 1],
    ["Older", 1],
  ]);
  // In New York it is still the ninth, and both newest messages are of that day.
  expect(labels("America/New_York")[0]).toEqual(["Today", 2]);
});
