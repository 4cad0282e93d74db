import { expect, test } from "vitest";
import { FINISHED_TURN, message } from "../../../tests/factories/chat-api";
import { withQuestion, withStarted } from "./pending-turn";
import { transcriptOf, withNewest, withOlder } from "./transcript";

const older = {
  items: [message({ id: "a-0", parentId: "u-0" }), message({ id: "u-0", role: "user" })],
  nextBefore: null,
};
const newest = {
  items: [message({ id: "a-1", parentId: "u-1" }), message({ id: "u-1", parentId: "a-0", role: "user" })],
  nextBefore: "u-1",
};

test("older pages come in above, once", () => {
  const transcript = withOlder(withOlder(transcriptOf(newest), older), older);
  expect(transcript.messages.map((item) => item.id)).toEqual(["u-0", "a-0", "u-1", "a-1"]);
  expect(transcript.nextBefore).toBeNull();
});

test("the newest page keeps older pages that lead up to it, and drops those of another branch", () => {
  const transcript = withOlder(transcriptOf(newest), older);
  expect(withNewest(transcript, newest).messages).toHaveLength(4);
  const branch = {
    items: [message({ id: "a-9", parentId: "u-9" }), message({ id: "u-9", parentId: "a-0", role: "user" })],
    nextBefore: "u-9",
  };
  const switched = withNewest(transcript, branch);
  expect(switched.messages.map((item) => item.id)).toEqual(["u-9", "a-9"]);
  expect(switched.nextBefore).toBe("u-9");
});

test("a message keeps its first id as key when the server names it", () => {
  const asked = withQuestion(transcriptOf(FINISHED_TURN), { text: "Next", clientMessageId: "x" });
  const pending = asked.messages.slice(-2).map((item) => item.id);
  const started = withStarted(asked, { runId: "r", userMessageId: "u-2", assistantMessageId: "a-2" });
  expect(started.messages.slice(-2).map((item) => [item.id, item.parentId])).toEqual([
    ["u-2", "a-1"],
    ["a-2", "u-2"],
  ]);
  expect(["u-2", "a-2"].map((id) => started.firstIds[id])).toEqual(pending);
  expect(started.run).toMatchObject({ runId: "r", answerId: "a-2" });
});
