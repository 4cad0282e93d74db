import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readFrom, take, tellTimes } from "../../../tests/factories/billing-stream";
import { makeTenant } from "../../../tests/factories/tenants";
import { fromNow } from "../../platform/clock";
import { resetConfig } from "../../platform/config";
import { platformDb } from "../../platform/db";
import { closeEvents } from "../../platform/events";
import { closeRedis } from "../../platform/redis";
import { REPLAY_EVENTS_MAX, REPLAY_HOURS } from "../terms";
import { liveEvents } from "./live";
import { publishTold } from "./publisher";

const redisUrl = process.env["TEST_REDIS_URL"];

const useRedis = (url: string | undefined) => {
  if (url === undefined) delete process.env["STREAM_REDIS_URL"];
  else process.env["STREAM_REDIS_URL"] = url;
  resetConfig();
};

afterEach(async () => {
  await closeEvents();
  closeRedis();
  useRedis(undefined);
});

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

/** A second instance: its own copy of every module, with its own connections. */
async function otherInstance() {
  vi.resetModules();
  const factories = await import("../../../tests/factories/billing-stream");
  const publisher = await import("./publisher");
  const events = await import("../../platform/events");
  const redis = await import("../../platform/redis");
  const databases = await import("../../platform/db");
  return {
    readFrom: factories.readFrom,
    publishTold: publisher.publishTold,
    stop: async () => {
      await events.closeEvents();
      redis.closeRedis();
      await databases.closeDatabases();
    },
  };
}

/** Always the same "random" numbers: a fault is a fault again. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

const ways: [string, string | undefined, boolean][] = [
  ["PostgreSQL alone", undefined, true],
  ["Redis", redisUrl, redisUrl !== undefined],
];

describe.each(ways.filter(([, , isThere]) => isThere))("live through %s", (_name, url) => {
  beforeEach(() => useRedis(url));

  test("wherever a reader is cut off and whichever instance it comes back to, it has every event once", async () => {
    const { scope } = await makeTenant();
    const there = await otherInstance();
    const admin = url === undefined ? null : new Redis(url);
    const roll = dice(url === undefined ? 7 : 11);
    const seen: string[] = [];
    let told = 0;
    try {
      for (let round = 0; round < 14; round += 1) {
        const count = 1 + roll(5);
        await tellTimes(scope, count);
        told += count;
        const publisher = roll(2) === 0 ? publishTold : there.publishTold;
        const publishing = roll(4) === 0 ? Promise.resolve() : publisher(scope.tenantId);
        // What Redis keeps may be gone, or only its end be left; then the database fills the gap.
        const key = `parley:billing:${scope.tenantId}`;
        const mishap = roll(4);
        if (mishap === 0) await admin?.flushdb();
        if (mishap === 1) await admin?.xtrim(key, "MAXLEN", 1);
        const read = roll(2) === 0 ? readFrom : there.readFrom;
        const until = seen.length + roll(told - seen.length + 1);
        seen.push(...(await read(scope, seen.at(-1) ?? "0", until - seen.length)));
        await publishing;
      }
      seen.push(...(await readFrom(scope, seen.at(-1) ?? "0", told - seen.length)));
      expect(seen).toEqual(numbers(1, told));
    } finally {
      await there.stop();
      admin?.disconnect();
    }
  });

  test("an open stream hears what is told later, once, also when it is published twice and by both instances", async () => {
    const { scope } = await makeTenant();
    const there = await otherInstance();
    const ending = new AbortController();
    try {
      const stream = liveEvents(scope, "0", ending.signal);
      const reading = take(stream, 6);
      await tellTimes(scope, 3);
      await Promise.all([publishTold(scope.tenantId), there.publishTold(scope.tenantId)]);
      await platformDb().billingStreamEvent.updateMany({
        where: { tenantId: scope.tenantId },
        data: { isPublished: false },
      });
      await there.publishTold(scope.tenantId);
      await tellTimes(scope, 3);
      await publishTold(scope.tenantId);
      expect((await reading).map(({ id }) => id)).toEqual(numbers(1, 6));
    } finally {
      ending.abort();
      await there.stop();
    }
  });
});

test("whoever is too far behind, too late, or ahead of everybody is told to read the page anew, then goes on", async () => {
  const { scope } = await makeTenant();
  await tellTimes(scope, 2);
  const { tenantId } = scope;
  const anew = async (lastEventId: string) => {
    const ending = new AbortController();
    const [first] = await take(liveEvents(scope, lastEventId, ending.signal), 1);
    ending.abort();
    return first;
  };
  const reset = { id: "2", event: { type: "reset" } };
  for (const unknown of ["3", "nonsense", "-1", "999999999999999999999"])
    expect(await anew(unknown)).toEqual(reset);
  expect(await anew("1")).toMatchObject({ id: "2", event: { type: "topup", payload: { amountNano: "2" } } });
  await platformDb().billingStreamEvent.updateMany({
    where: { tenantId, seq: 2 },
    data: { createdAt: fromNow(-(REPLAY_HOURS * 3_600_000 + 1_000)) },
  });
  expect(await anew("1")).toEqual(reset);
  await platformDb().billingStreamHead.updateMany({
    where: { tenantId },
    data: { seq: REPLAY_EVENTS_MAX + 3 },
  });
  expect(await anew("2")).toMatchObject({ id: String(REPLAY_EVENTS_MAX + 3), event: { type: "reset" } });
});

test("what is told to one workspace is heard by no other", async () => {
  const [mine, other] = [await makeTenant(), await makeTenant()];
  await tellTimes(other.scope, 3);
  await tellTimes(mine.scope, 1);
  await publishTold(other.scope.tenantId);
  await publishTold(mine.scope.tenantId);
  expect(await readFrom(mine.scope, "0", 1)).toEqual(["1"]);
  const tenantId = { in: [mine.id, other.id] };
  expect(await platformDb().billingStreamEvent.count({ where: { tenantId, isPublished: false } })).toBe(0);
});
