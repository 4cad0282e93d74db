import { expect, test } from "vitest";
import { publish } from "./events";
import { openInbox } from "./inbox";

const LONG_MS = 60_000;

/** An inbox on a channel of its own. */
async function open(channel: string, silenceMs = LONG_MS) {
  const ending = new AbortController();
  return { ending, inbox: await openInbox<number>(channel, { signal: ending.signal, silenceMs }) };
}

test("messages that waited come first, then each in the turn in which it is published, until no more is taken", async () => {
  const { inbox } = await open("inbox:order");
  publish("inbox:order", 1);
  publish("inbox:order", 2);
  const taken: number[] = [];
  const following = inbox.follow((message) => taken.push(message) < 4);
  expect(taken).toEqual([1, 2]);
  publish("inbox:order", 3);
  publish("inbox:order", 4);
  expect(taken).toEqual([1, 2, 3, 4]);
  publish("inbox:order", 5);
  expect(await following).toBe(true);
  expect(taken).toHaveLength(4);
  expect(await inbox.next()).toBe(5);
  inbox.close();
});

test("silence and the end of the signal send the reader to the database", async () => {
  const silent = await open("inbox:silent", 10);
  expect(await silent.inbox.follow(() => true)).toBe(false);
  expect(await silent.inbox.next()).toBeUndefined();
  const ended = await open("inbox:ended");
  const following = ended.inbox.follow(() => true);
  ended.ending.abort();
  expect(await following).toBe(false);
});

test("who does not follow finds the first thousand messages dropped, and is told", async () => {
  const { inbox } = await open("inbox:slow");
  for (let message = 0; message <= 1_000; message += 1) publish("inbox:slow", message);
  expect(await inbox.next()).toBeUndefined();
  expect(await inbox.next()).toBe(1_000);
  inbox.close();
});

test("what the reader throws ends its following, and nobody else's", async () => {
  const first = await open("inbox:shared");
  const second = await open("inbox:shared");
  const broken = first.inbox.follow(() => {
    throw new Error("broken");
  });
  const next = second.inbox.next();
  publish("inbox:shared", 7);
  await expect(broken).rejects.toThrow("broken");
  expect(await next).toBe(7);
});
