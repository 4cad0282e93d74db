import { afterEach, describe, expect, test } from "vitest";
import { sleep } from "./clock";
import { resetConfig } from "./config";
import { pool } from "./db";
import { newId } from "./ids";
import { consumeLimits, resetRateLimits, sharedStore } from "./rate-limit";
import { MemoryLimitStore } from "./rate-limit-memory";
import { postgresLimitStore, sweepRateLimitWindows } from "./rate-limit-postgres";
import { redisLimitStore } from "./rate-limit-redis";
import type { Limit, LimitStore } from "./rate-limit-store";

const redisUrl = process.env["TEST_REDIS_URL"];

const stores: [string, () => LimitStore, boolean][] = [
  ["memory", () => new MemoryLimitStore(), true],
  ["PostgreSQL", postgresLimitStore, true],
  ["Redis", () => redisLimitStore(redisUrl ?? ""), redisUrl !== undefined],
];

const limit = (traits: Partial<Limit> = {}): Limit => ({
  name: "test.ip",
  key: newId(),
  points: 3,
  windowSeconds: 60,
  ...traits,
});

afterEach(() => {
  delete process.env["RATE_LIMIT_REDIS_URL"];
  resetConfig();
  resetRateLimits();
});

async function ready(store: LimitStore): Promise<LimitStore> {
  for (let round = 0; round < 100; round += 1) {
    const isUp = await store.hit([limit()]).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await sleep(20);
  }
  return store;
}

describe.each(stores.filter(([, , isThere]) => isThere))("a counter in %s", (_name, open) => {
  test("counts hits and keeps the window's end where it was", async () => {
    const store = await ready(open());
    const rule = limit();
    const hits: number[] = [];
    // An answer is read late at times, never early: the earliest end of several is the true one.
    const endOf = async (rounds: number) => {
      const ends: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const [window] = await store.hit([rule]);
        hits.push(window?.hits ?? 0);
        ends.push(window?.endsAtMs ?? 0);
      }
      return Math.min(...ends);
    };
    const before = await endOf(5);
    await sleep(2_000);
    const after = await endOf(5);
    expect(hits).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Math.abs(after - before)).toBeLessThan(1_000);
  });

  test("counts every one of a hundred hits at once, each with another number", async () => {
    const store = await ready(open());
    const rule = limit();
    const answers = await Promise.all(Array.from({ length: 100 }, () => store.hit([rule])));
    const hits = answers.map(([window]) => window?.hits ?? 0).sort((left, right) => left - right);
    expect(hits).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  test("opens a new window when the old one is over", async () => {
    const store = await ready(open());
    const rule = limit({ windowSeconds: 1 });
    await store.hit([rule]);
    await store.hit([rule]);
    await sleep(1_100);
    const [window] = await store.hit([rule]);
    expect(window?.hits).toBe(1);
  });

  test("counts several limits in one step, by weight, and apart from each other", async () => {
    const store = await ready(open());
    const [one, other] = [limit(), limit({ weight: 5 })];
    await store.hit([one, other]);
    const windows = await store.hit([one, other]);
    expect(windows.map((window) => window.hits)).toEqual([2, 10]);
  });
});

test("the tightest limit answers, and a refused one wins", async () => {
  const [loose, tight] = [limit({ points: 100 }), limit({ points: 2 })];
  expect(await consumeLimits([loose, tight])).toMatchObject({ allowed: true, limit: 2, remaining: 1 });
  await consumeLimits([loose, tight]);
  const refused = await consumeLimits([loose, tight]);
  expect(refused).toMatchObject({ allowed: false, limit: 2, remaining: 0 });
  expect(refused.retryAfterSeconds).toBeGreaterThan(0);
  expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
});

test("when the shared counter is away each process goes on counting, with fewer points", async () => {
  process.env["RATE_LIMIT_REDIS_URL"] = "redis://127.0.0.1:1";
  resetConfig();
  resetRateLimits();
  const rule = limit({ points: 4 });
  const states = [];
  for (let round = 0; round < 4; round += 1) states.push(await consumeLimits([rule]));
  expect(states.map((state) => state.allowed)).toEqual([true, true, false, false]);
  expect(states[0]).toMatchObject({ limit: 2, remaining: 1 });
});

test.runIf(redisUrl !== undefined)("the first count after the start is in Redis already", async () => {
  process.env["RATE_LIMIT_REDIS_URL"] = redisUrl;
  resetConfig();
  resetRateLimits();
  expect(await consumeLimits([limit({ points: 10 })])).toMatchObject({ limit: 10, remaining: 9 });
});

test("RATE_LIMIT_SCALE multiplies the points", async () => {
  process.env["RATE_LIMIT_SCALE"] = "10";
  resetConfig();
  expect(await consumeLimits([limit()])).toMatchObject({ limit: 30, remaining: 29 });
  delete process.env["RATE_LIMIT_SCALE"];
});

test("ended windows are swept", async () => {
  await sharedStore().hit([limit({ key: "old" })]);
  await pool().query(
    "UPDATE rate_limit_windows SET ends_at = now() - interval '1 hour' WHERE key LIKE '%:old'",
  );
  await sweepRateLimitWindows();
  const { rowCount } = await pool().query("SELECT FROM rate_limit_windows WHERE key LIKE '%:old'");
  expect(rowCount).toBe(0);
});
