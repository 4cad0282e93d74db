import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { tellTimes } from "../../../tests/factories/billing-stream";
import { takeFaults } from "../../../tests/factories/faults";
import { makeTenant } from "../../../tests/factories/tenants";
import { fromNow, travel } from "../../platform/clock";
import { resetConfig } from "../../platform/config";
import { platformDb } from "../../platform/db";
import { closeEvents, subscribe } from "../../platform/events";
import { registry } from "../../platform/metrics";
import { closeRedis } from "../../platform/redis";
import { EVENTS_KEPT_DAYS } from "../terms";
import { type BillingEvent, billingChannel } from "./channel";
import { publishLate, publishTold } from "./publisher";
import { deleteOldEvents } from "./retention";
import { PUBLISH_JOB } from "./tell";

const DAY_MS = 86_400_000;

afterEach(async () => {
  travel(0);
  await closeEvents();
  closeRedis();
  delete process.env["STREAM_REDIS_URL"];
  resetConfig();
});

const waitingOf = (tenantId: string) =>
  platformDb().billingStreamEvent.count({ where: { tenantId, isPublished: false } });
const jobsOf = async (tenantId: string) => {
  const key = `${PUBLISH_JOB}:${tenantId}`;
  return platformDb().$queryRaw<unknown[]>`SELECT 1 FROM graphile_worker.jobs WHERE key = ${key}`;
};

test("another instance publishes nothing while one is at it, and takes over from one that died", async () => {
  const { scope } = await makeTenant();
  const { tenantId } = scope;
  await tellTimes(scope, 2);
  const head = { where: { tenantId } };
  const publisherId = randomUUID();
  await platformDb().billingStreamHead.update({
    ...head,
    data: { publisherId, publisherUntil: fromNow(60_000) },
  });
  await publishTold(tenantId);
  expect(await waitingOf(tenantId)).toBe(2);
  await platformDb().billingStreamHead.update({ ...head, data: { publisherUntil: fromNow(-60_000) } });
  await publishTold(tenantId);
  expect(await waitingOf(tenantId)).toBe(0);
  expect(await platformDb().billingStreamHead.findUnique(head)).toMatchObject({ publisherId: null });
});

test("of many publishers at once none leaves anything behind: all is told in order, and nobody holds the lease", async () => {
  const { scope } = await makeTenant();
  const { tenantId } = scope;
  const heard = new Set<number>();
  const forget = await subscribe(billingChannel(tenantId), (event) => heard.add((event as BillingEvent).seq));
  await tellTimes(scope, 3);
  await Promise.all([
    ...Array.from({ length: 8 }, () => publishTold(tenantId)),
    tellTimes(scope, 3).then(() => publishTold(tenantId)),
  ]);
  forget();
  expect(await waitingOf(tenantId)).toBe(0);
  expect([...heard]).toEqual([1, 2, 3, 4, 5, 6]);
  const head = { where: { tenantId } };
  expect(await platformDb().billingStreamHead.findUnique(head)).toMatchObject({ publisherId: null });
  await publishTold(tenantId);
  expect(await platformDb().billingStreamHead.findUnique(head)).toMatchObject({ publisherId: null });
});

test("while Redis is away what was told waits, is counted as backlog, and gets a job of its own again", async () => {
  const { scope } = await makeTenant();
  const { tenantId } = scope;
  await tellTimes(scope, 1);
  process.env["STREAM_REDIS_URL"] = "redis://127.0.0.1:1";
  resetConfig();
  await expect(publishTold(tenantId)).rejects.toThrow();
  takeFaults();
  expect(await waitingOf(tenantId)).toBe(1);
  await platformDb().$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  expect(await publishLate()).toBe(0);
  travel(121_000);
  const backlog = await registry.getSingleMetricAsString("stripe_billing_stream_backlog_seconds");
  expect(Number(/ (\d+(\.\d+)?)$/.exec(backlog.trim())?.[1])).toBeGreaterThan(120);
  expect(await publishLate()).toBe(1);
  expect(await jobsOf(tenantId)).toHaveLength(1);
  delete process.env["STREAM_REDIS_URL"];
  resetConfig();
  await publishTold(tenantId);
  expect(await waitingOf(tenantId)).toBe(0);
});

test("history goes when its days are over, and what was never published stays", async () => {
  const { scope } = await makeTenant();
  const { tenantId } = scope;
  await tellTimes(scope, 4);
  const old = fromNow(-(EVENTS_KEPT_DAYS + 1) * DAY_MS);
  const rows = platformDb().billingStreamEvent;
  await rows.updateMany({ where: { tenantId, seq: { lte: 3 } }, data: { createdAt: old } });
  await rows.updateMany({ where: { tenantId, seq: { in: [1, 2, 4] } }, data: { isPublished: true } });
  expect(await deleteOldEvents()).toBe(2);
  expect(
    await rows.findMany({ where: { tenantId }, select: { seq: true }, orderBy: { seq: "asc" } }),
  ).toEqual([{ seq: 3n }, { seq: 4n }]);
});
