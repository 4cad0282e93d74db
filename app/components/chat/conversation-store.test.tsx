import { TRPCClientError } from "@trpc/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MessagePage } from "../../../server/chat/contract";
import { FakeStream, FINISHED_TURN, fakeChatApi, message, STARTED } from "../../../tests/factories/chat-api";
import { ConversationStore } from "./conversation-store";
import { transcriptOf } from "./transcript";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
});

afterEach(() => {
  Reflect.deleteProperty(document, "visibilityState");
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const tick = () => vi.advanceTimersByTimeAsync(20);

function opened(page: MessagePage = FINISHED_TURN, change: Parameters<typeof fakeChatApi>[1] = {}) {
  const stream = new FakeStream();
  const api = fakeChatApi(stream, change);
  const onSettled = vi.fn();
  const store = new ConversationStore(
    api,
    { conversationId: "c-1", transcript: transcriptOf(page) },
    { onSettled },
  );
  const close = store.open();
  const messages = () => store.snapshot().transcript.messages;
  return { stream, api, store, close, onSettled, messages };
}

const WRITING: MessagePage = {
  items: [
    message({ id: "a-2", parentId: "u-2", text: "Half of an", status: "streaming", runId: "run-1" }),
    message({ id: "u-2", role: "user", text: "Question" }),
  ],
  nextBefore: null,
};

function refusal(reason: string): TRPCClientError<never> {
  const data = { code: "CONFLICT", httpStatus: 409, reason };
  return TRPCClientError.from({ error: { message: "Refused.", code: -32009, data } } as never);
}

test("a question shows at once, and the answer is the fold of its events", async () => {
  const { store, stream, messages, onSettled, api } = opened();
  const sent = store.send("Next question", {});
  expect(messages().map((item) => item.text)).toEqual([
    "First question",
    "First answer",
    "Next question",
    "",
  ]);
  expect(await sent).toBe(true);
  stream.tell({ type: "delta", text: "Hel" }, { type: "delta", text: "lo" });
  await tick();
  expect(messages().at(-1)).toMatchObject({ id: "a-2", parentId: "u-2", text: "Hello", status: "streaming" });
  api.listMessages.mockResolvedValue({ items: [...messages()].reverse().slice(0, 2), nextBefore: "u-2" });
  stream.tell({ type: "final", messageId: "a-2", status: "complete" });
  expect(messages().at(-1)).toMatchObject({ text: "Hello", status: "complete" });
  expect(store.snapshot().transcript.run).toBeNull();
  expect(onSettled).toHaveBeenCalledTimes(1);
});

test("what follows the terminal event, or comes twice, changes nothing", async () => {
  const { stream, messages } = opened(WRITING, { listMessages: () => new Promise(() => undefined) });
  const listener = stream.listener;
  stream.tell({ type: "delta", text: "Half of an answer" });
  listener?.onEvent("1-1", { type: "delta", text: "Half of an answer" });
  stream.tell({ type: "final", messageId: "a-2", status: "complete" });
  listener?.onEvent("1-9", { type: "delta", text: "more" });
  await tick();
  expect(messages().at(-1)?.text).toBe("Half of an answer");
});

test("a reload in mid-answer never shows less than the page had", async () => {
  const { stream, messages } = opened(WRITING);
  stream.tell({ type: "delta", text: "Half" });
  await tick();
  expect(messages().at(-1)?.text).toBe("Half of an");
  stream.tell({ type: "delta", text: " of an answer" });
  await tick();
  expect(messages().at(-1)?.text).toBe("Half of an answer");
});

test("a reset replaces the text, also with a shorter one", async () => {
  const { stream, messages } = opened(WRITING);
  const usage = { inputTokens: 0, outputTokens: 0 };
  stream.tell({ type: "reset", text: "Ha", activity: [], usage });
  await tick();
  expect(messages().at(-1)?.text).toBe("Ha");
});

test("a refused question leaves the screen, with its reason, and the caller keeps the text", async () => {
  const { store, messages } = opened(FINISHED_TURN, {
    send: vi.fn().mockRejectedValue(refusal("rate_limited")),
  });
  expect(await store.send("Next question", {})).toBe(false);
  expect(messages()).toHaveLength(2);
  expect(store.snapshot().failure).toMatchObject({ reason: "rate_limited", message: "Refused." });
});

test("a call that the network lost is repeated with the same client message id", async () => {
  const send = vi.fn().mockRejectedValueOnce(new TypeError("fetch failed"));
  send.mockResolvedValue({ runId: "run-1", userMessageId: "u-2", assistantMessageId: "a-2" });
  const { store } = opened(FINISHED_TURN, { send });
  const sent = store.send("Next question", {});
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await sent).toBe(true);
  expect(send.mock.calls[1]).toEqual(send.mock.calls[0]);
});

test("without a stream the answer is polled to its end", async () => {
  const done = { ...WRITING, items: WRITING.items.map((item) => ({ ...item, runId: null, text: "Whole" })) };
  done.items = done.items.map((item) => ({ ...item, status: "complete" as const }));
  const { stream, messages, onSettled, api } = opened(WRITING);
  api.listMessages.mockResolvedValue(done);
  stream.listener?.onError();
  await vi.advanceTimersByTimeAsync(2_100);
  expect(messages().at(-1)).toMatchObject({ text: "Whole", status: "complete" });
  expect(onSettled).toHaveBeenCalledTimes(1);
});

test("somebody who is taken out of the workspace in mid-answer hears so within a second", async () => {
  const gone = { error: { message: "Gone.", code: -32004, data: { code: "NOT_FOUND", httpStatus: 404 } } };
  const listMessages = vi.fn().mockRejectedValue(TRPCClientError.from(gone as never));
  const { stream, messages } = opened(WRITING, { listMessages });
  stream.listener?.onError();
  await vi.advanceTimersByTimeAsync(900);
  expect(messages().at(-1)).toMatchObject({
    status: "error",
    errorMessage: "This conversation is not open to you any more.",
  });
});

test("a broken stream is opened again where it broke", async () => {
  const { stream, api } = opened(WRITING);
  api.listMessages.mockResolvedValue(WRITING);
  stream.tell({ type: "delta", text: "Half" });
  stream.listener?.onError();
  await vi.advanceTimersByTimeAsync(13_000);
  expect(stream.lastEventIds).toEqual([null, "1-1"]);
});

function turn(state: DocumentVisibilityState): void {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
  document.dispatchEvent(new Event("visibilitychange"));
}

test("a page that stays hidden gives its connection back, and goes on after the last event when it is shown", async () => {
  const { stream, api, messages } = opened(WRITING);
  api.listMessages.mockResolvedValue(WRITING);
  stream.tell({ type: "delta", text: "Half of an answer" });
  turn("hidden");
  await vi.advanceTimersByTimeAsync(8_000);
  expect(stream.listener).not.toBeNull();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stream.listener).toBeNull();
  expect(api.listMessages.mock.calls.length).toBeLessThan(6);
  turn("visible");
  expect(stream.lastEventIds).toEqual([null, "1-1"]);
  stream.tell({ type: "delta", text: ", whole" }, { type: "final", messageId: "a-2", status: "complete" });
  expect(messages().at(-1)).toMatchObject({ text: "Half of an answer, whole", status: "complete" });
});

test("a hidden page hears that its answer has ended", async () => {
  const { stream, api, onSettled } = opened(WRITING);
  turn("hidden");
  const ended = WRITING.items.map((item) => ({ ...item, runId: null, status: "complete" as const }));
  api.listMessages.mockResolvedValue({ ...WRITING, items: ended });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(onSettled).toHaveBeenCalledTimes(1);
  turn("visible");
  expect(stream.listener).toBeNull();
});

test("leaving closes the stream and stops nothing", () => {
  const { close, stream, api } = opened(WRITING);
  close();
  expect(stream.listener).toBeNull();
  expect(api.stop).not.toHaveBeenCalled();
});

test("stop asks once and waits for the terminal event, which keeps the text", async () => {
  const { store, stream, messages, api } = opened(WRITING);
  stream.tell({ type: "delta", text: "Half of an answer" });
  void store.stop();
  void store.stop();
  expect(api.stop).toHaveBeenCalledTimes(1);
  expect(store.snapshot().transcript.run?.isStopping).toBe(true);
  stream.tell({ type: "final", messageId: "a-2", status: "stopped" });
  expect(messages().at(-1)).toMatchObject({ text: "Half of an answer", status: "stopped" });
});

test("an edited question gets a sibling, and what followed it leaves the screen", async () => {
  const { store, messages } = opened();
  await store.edit("u-1", "Better question");
  expect(messages().map((item) => [item.id, item.text])).toEqual([
    ["u-2", "Better question"],
    ["a-2", ""],
  ]);
  expect(messages()[0]?.siblingIds).toEqual(["u-1", "u-2"]);
});

test("an edit changes the screen when it is taken; refused, it changes nothing and answers why", async () => {
  const edit = vi.fn().mockRejectedValueOnce(refusal("monthly_cap_reached"));
  const { store, messages } = opened(FINISHED_TURN, { edit });
  const refused = store.edit("u-1", "Better question");
  expect(messages().map((item) => item.text)).toEqual(["First question", "First answer"]);
  expect(await refused).toMatchObject({ reason: "monthly_cap_reached", message: "Refused." });
  expect(messages().map((item) => item.text)).toEqual(["First question", "First answer"]);
  expect(store.snapshot()).toMatchObject({ failure: null, announcement: "" });
  edit.mockResolvedValue(STARTED);
  expect(await store.edit("u-1", "Better question")).toBeNull();
  expect(messages()[0]?.text).toBe("Better question");
});

test("a question that is taken after the page was left opens no stream", async () => {
  const { store, close, stream } = opened();
  const sent = store.send("Next question", {});
  close();
  expect(await sent).toBe(true);
  expect(stream.listener).toBeNull();
});

test("a regenerated answer stands beside the old one, a continued one goes on from its text", async () => {
  const again = opened();
  await again.store.again("regenerate", "a-1");
  expect(again.messages().at(-1)).toMatchObject({ id: "a-2", text: "", siblingIds: ["a-1", "a-2"] });

  const further = opened();
  await further.store.again("continue", "a-1");
  further.stream.tell({ type: "delta", text: " and more" });
  await tick();
  expect(further.messages().at(-1)).toMatchObject({ id: "a-1", text: "First answer and more" });
});

test("an error ends the message with its cause; an interruption is told apart", () => {
  const failed = opened(WRITING);
  failed.stream.tell({ type: "error", reason: "provider_error", message: "The model is overloaded." });
  expect(failed.messages().at(-1)).toMatchObject({
    status: "error",
    errorMessage: "The model is overloaded.",
  });

  const interrupted = opened(WRITING);
  interrupted.stream.tell({ type: "error", reason: "interrupted", message: "Interrupted." });
  expect(interrupted.messages().at(-1)).toMatchObject({ status: "interrupted" });
});

test("a page that was asked for before the next question does not take the question away", async () => {
  const { store, stream, messages, api } = opened(WRITING);
  let answer = (_page: MessagePage) => {};
  api.listMessages.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  stream.tell({ type: "final", messageId: "a-2", status: "complete" });
  const sent = store.send("Next question", {});
  answer(FINISHED_TURN);
  await sent;
  expect(messages().map((item) => item.text)).toContain("Next question");
});

const AROUND: MessagePage = {
  items: [
    message({ id: "a-old", parentId: "u-old", text: "Old answer" }),
    message({ id: "u-old", role: "user" }),
  ],
  nextBefore: "u-old",
  window: { nextAfter: "a-old", isActiveBranch: false },
};

test("a message far back or on another branch is shown with its page, and its branch is chosen", async () => {
  const { store, api, messages } = opened();
  await store.showMessage("a-1");
  expect(api.listMessages).not.toHaveBeenCalled();
  expect(store.snapshot().found).toEqual({ messageId: "a-1" });

  api.listMessages.mockResolvedValue(AROUND);
  await store.showMessage("a-old");
  expect(api.listMessages).toHaveBeenCalledWith({ conversationId: "c-1", around: "a-old" });
  expect(api.setLeaf).toHaveBeenCalledExactlyOnceWith("c-1", "a-old");
  expect(messages().map((item) => item.id)).toEqual(["u-old", "a-old"]);
  expect(store.snapshot().found).toEqual({ messageId: "a-old" });
});

test("from a page far back newer messages follow on request, and a question goes to the end", async () => {
  const { store, api, messages } = opened(AROUND);
  await store.catchUp();
  expect(api.listMessages).not.toHaveBeenCalled();
  const next = message({ id: "u-next", parentId: "a-old", role: "user" });
  api.listMessages.mockResolvedValue({
    items: [next, ...AROUND.items],
    nextBefore: "u-old",
    window: { nextAfter: "u-next", isActiveBranch: true },
  });
  await store.loadNewer();
  expect(messages().map((item) => item.id)).toEqual(["u-old", "a-old", "u-next"]);
  api.listMessages.mockResolvedValue(FINISHED_TURN);
  await store.send("Next question", {});
  expect(messages().map((item) => item.text)).toEqual([
    "First question",
    "First answer",
    "Next question",
    "",
  ]);
});

test("the start and the end are announced, words are not", async () => {
  const { store, stream } = opened();
  await store.send("Next question", {});
  expect(store.snapshot().announcement).toBe("Answering.");
  stream.tell({ type: "delta", text: "Hello" });
  await tick();
  expect(store.snapshot().announcement).toBe("Answering.");
  stream.tell({ type: "final", messageId: "a-2", status: "complete" });
  expect(store.snapshot().announcement).toBe("Answer finished.");
});
