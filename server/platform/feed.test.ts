import { expect, test } from "vitest";
import { Feed, put, type Sink } from "./feed";

/** What a feed of three items did so far. */
function threeItems() {
  const told: string[] = [];
  const feed = new Feed<number>(async (sink) => {
    try {
      for (const item of [1, 2, 3]) {
        told.push(`hands ${item}`);
        await put(sink, item);
      }
    } finally {
      told.push("ended");
    }
  });
  return { feed, told };
}

test("a sink takes items in the turn in which they are handed over", async () => {
  const taken: number[] = [];
  const feed = new Feed<number>(async (sink) => {
    sink.take(1);
    sink.take(2);
    expect(taken).toEqual([1, 2]);
  });
  await feed.into({ take: (item) => taken.push(item) > 0, ready: () => Promise.resolve() });
  expect(taken).toEqual([1, 2]);
});

test("a sink that is full is waited for, and one that never takes items again ends the feed", async () => {
  const { feed, told } = threeItems();
  let refuse: (error: Error) => void = () => {};
  const sink: Sink<number> = {
    take: () => false,
    ready: () =>
      new Promise((_, reject) => {
        refuse = reject;
      }),
  };
  const feeding = feed.into(sink);
  await Promise.resolve();
  expect(told).toEqual(["hands 1"]);
  refuse(new Error("gone"));
  await expect(feeding).rejects.toThrow("gone");
  expect(told).toEqual(["hands 1", "ended"]);
});

test("read as an iterable, every item comes once, in order, and none before it is asked for", async () => {
  const { feed, told } = threeItems();
  const seen: number[] = [];
  for await (const item of feed) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told.at(-1)).toBe(`hands ${item}`);
    seen.push(item);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(told.at(-1)).toBe("ended");
});

test("a reader that leaves ends the feed, and waits until it has given back what it held", async () => {
  const { feed, told } = threeItems();
  for await (const item of feed) {
    if (item === 2) break;
  }
  expect(told).toEqual(["hands 1", "hands 2", "ended"]);
});

test("what a feed throws reaches its reader after the items before it", async () => {
  const feed = new Feed<number>(async (sink) => {
    await put(sink, 1);
    throw new Error("broken");
  });
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of feed) seen.push(item);
  })();
  await expect(reading).rejects.toThrow("broken");
  expect(seen).toEqual([1]);
});

test("an iterable is a feed, and is closed when its reader leaves", async () => {
  let isClosed = false;
  async function* items() {
    try {
      for (let item = 1; ; item += 1) yield item;
    } finally {
      isClosed = true;
    }
  }
  for await (const item of Feed.of(items())) {
    if (item === 3) break;
  }
  expect(isClosed).toBe(true);
});
