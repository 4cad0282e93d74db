import pg from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { takeFaults } from "../../tests/factories/faults";
import { sleep } from "./clock";
import { closeEvents, publish, subscribe } from "./events";
import type { EventsDriver } from "./events-driver";
import { postgresEvents } from "./events-postgres";
import { redisEvents } from "./events-redis";
import { newId } from "./ids";

const redisUrl = process.env["TEST_REDIS_URL"] ?? "";
const databaseUrl = () => process.env["DATABASE_URL"] ?? "";

interface Instance {
  driver: EventsDriver;
  received: [string, string][];
  reconnects: () => number;
}

type Open = (events: Parameters<typeof postgresEvents>[1]) => EventsDriver;

const drivers: [string, Open, boolean][] = [
  ["PostgreSQL", (events) => postgresEvents(databaseUrl(), events), true],
  ["Redis", (events) => redisEvents(redisUrl, events), redisUrl !== ""],
];

const open: EventsDriver[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((driver) => driver.close()));
  await closeEvents();
});

async function instance(make: Open, channel: string): Promise<Instance> {
  const received: [string, string][] = [];
  let reconnects = 0;
  const driver = make({
    onMessage: (name, message) => received.push([name, message]),
    onReconnect: () => {
      reconnects += 1;
    },
  });
  open.push(driver);
  await driver.subscribe(channel);
  return { driver, received, reconnects: () => reconnects };
}

async function until(isDone: () => boolean, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!isDone() && Date.now() < deadline) await sleep(10);
  expect(isDone()).toBe(true);
}

describe.each(drivers.filter(([, , isThere]) => isThere))("events through %s", (_name, make) => {
  test("reach the other instance in order, and not the one they came from", async () => {
    const channel = newId();
    const [here, there] = [await instance(make, channel), await instance(make, channel)];
    const sent = Array.from({ length: 500 }, (_, n) => `message ${n} é✓`);
    await until(() => {
      here.driver.publish(channel, "knock");
      return there.received.length > 0;
    });
    for (const message of sent) here.driver.publish(channel, message);
    const heard = () => there.received.map(([, message]) => message).filter((text) => text !== "knock");
    await until(() => heard().length >= sent.length);
    expect(heard()).toEqual(sent);
    expect(here.received).toEqual([]);
  });

  test("stay in their channel, and end with the subscription", async () => {
    const [mine, other] = [newId(), newId()];
    const [here, there] = [await instance(make, mine), await instance(make, mine)];
    await until(() => {
      here.driver.publish(mine, "knock");
      return there.received.length > 0;
    });
    here.driver.publish(other, "not yours");
    await sleep(150);
    expect(there.received.every(([channel]) => channel === mine)).toBe(true);
    there.driver.unsubscribe(mine);
    await sleep(50);
    const count = there.received.length;
    here.driver.publish(mine, "too late");
    await sleep(150);
    expect(there.received.length).toBe(count);
  });
});

test.runIf(redisUrl !== "")(
  "the first subscription waits until Redis listens, and gives up soon when it is away",
  async () => {
    const channel = newId();
    const make: Open = (events) => redisEvents(redisUrl, events);
    const [here, there] = [await instance(make, channel), await instance(make, channel)];
    const other = newId();
    const third = await instance(make, other);
    await until(() => {
      here.driver.publish(other, "knock");
      return third.received.length > 0;
    });
    here.driver.publish(channel, "at once");
    await until(() => there.received.length === 1);
    const gaveUp = instance((events) => redisEvents("redis://127.0.0.1:1", events), channel);
    await expect(gaveUp).resolves.toBeDefined();
  },
);

test("a cut listening connection comes back by itself, says so, and delivers again", async () => {
  const channel = newId();
  const make: Open = (events) => postgresEvents(databaseUrl(), events);
  const [here, there] = [await instance(make, channel), await instance(make, channel)];
  const admin = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await admin.connect();
  await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley-events'",
  );
  await admin.end();
  await until(() => there.reconnects() > 0);
  await until(() => {
    here.driver.publish(channel, "back");
    return there.received.length > 0;
  });
});

test("an instance that has listened for a while and heard nobody sends nothing, until another one comes", async () => {
  // A database of its own: instances of other tests must not be heard.
  const admin = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await admin.connect();
  const name = `events_${newId().replaceAll("-", "")}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(process.env["TEST_SUPERUSER_URL"] ?? "");
  url.pathname = `/${name}`;
  const make: Open = (events) => postgresEvents(url.href, events);
  const channel = newId();
  const here = await instance(make, channel);
  expect(here.driver.hasListeners()).toBe(true);
  await until(() => !here.driver.hasListeners());
  const there = await instance(make, channel);
  await until(() => here.driver.hasListeners());
  expect(there.driver.hasListeners()).toBe(true);
  here.driver.publish(channel, "welcome");
  await until(() => there.received.length === 1);
  await Promise.all(open.splice(0).map((driver) => driver.close()));
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

test("a message longer than NOTIFY takes reaches this process and breaks nothing", async () => {
  const channel = newId();
  const received: string[] = [];
  await subscribe(channel, (message) => received.push(String(message)));
  publish(channel, "x".repeat(50_000));
  publish(channel, "short");
  expect(received.map((message) => message.length)).toEqual([50_000, 5]);
});

test("subscribers in this process hear at once, and one that throws does not silence the others", async () => {
  const channel = newId();
  const heard: string[] = [];
  await subscribe(channel, () => {
    throw new Error("a careless listener");
  });
  const end = await subscribe(channel, (message) => heard.push(String(message)));
  publish(channel, "one");
  expect(heard).toEqual(["one"]);
  end();
  publish(channel, "two");
  expect(heard).toEqual(["one"]);
  const fault = expect.stringContaining("events.listener_failed");
  expect(takeFaults()).toEqual([fault, fault]);
});
