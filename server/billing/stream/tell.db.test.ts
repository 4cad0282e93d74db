import { expect, test } from "vitest";
import { makeTenant } from "../../../tests/factories/tenants";
import { platformDb } from "../../platform/db";
import { PUBLISH_JOB, tellBilling } from "./tell";

const news = { type: "topup", payload: { amountNano: "5000000000", isAutomatic: false } } as const;

const numbersOf = async (tenantId: string) => {
  const rows = await platformDb().billingStreamEvent.findMany({
    where: { tenantId },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ seq }) => Number(seq));
};

test("what is told at once by many gets numbers without gaps, and what is rolled back leaves none", async () => {
  const { scope } = await makeTenant();
  await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      platformDb().$transaction(async (tx) => {
        await tellBilling(tx, scope.tenantId, news);
        if (n % 4 === 0) throw new Error("rolled back");
      }),
    ),
  );
  expect(await numbersOf(scope.tenantId)).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
});

test("each workspace counts for itself, and one job waits to publish what it was told", async () => {
  const [mine, other] = [await makeTenant(), await makeTenant()];
  for (const { scope } of [mine, mine, other])
    await platformDb().$transaction((tx) => tellBilling(tx, scope.tenantId, news));
  expect(await numbersOf(mine.id)).toEqual([1, 2]);
  expect(await numbersOf(other.id)).toEqual([1]);
  const key = `${PUBLISH_JOB}:${mine.id}`;
  const jobs = await platformDb().$queryRaw<unknown[]>`SELECT 1 FROM graphile_worker.jobs WHERE key = ${key}`;
  expect(jobs).toHaveLength(1);
});

test("what does not fit its type is not told", async () => {
  const { scope } = await makeTenant();
  const wrong = { type: "topup", payload: { amountNano: "5 dollars", isAutomatic: false } } as const;
  await expect(platformDb().$transaction((tx) => tellBilling(tx, scope.tenantId, wrong))).rejects.toThrow();
  expect(await numbersOf(scope.tenantId)).toEqual([]);
});
