import { expect, test } from "vitest";
import { sleep } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import { HashGate, hashGate } from "./gate";

const LIMITS = { slots: 2, queueLengthMax: 3, waitMsMax: 30_000 };

function heldJobs(gate: HashGate, count: number, signal?: AbortSignal) {
  let running = 0;
  let runningMax = 0;
  const releases: (() => void)[] = [];
  const jobs = Array.from({ length: count }, () =>
    gate.run(async () => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      await new Promise<void>((resolve) => releases.push(resolve));
      running -= 1;
      return "done";
    }, signal),
  );
  const releaseAll = async () => {
    for (let round = 0; round < count; round += 1) {
      for (const release of releases.splice(0)) release();
      await sleep(0);
    }
  };
  return { jobs, releaseAll, peak: () => runningMax };
}

test("never more than the slots run at a time, and everyone who waits gets a turn", async () => {
  const { jobs, releaseAll, peak } = heldJobs(new HashGate(LIMITS), 5);
  await releaseAll();
  expect(await Promise.all(jobs)).toEqual(Array(5).fill("done"));
  expect(peak()).toBe(2);
});

test("a full queue refuses at once with a retry time", async () => {
  const gate = new HashGate(LIMITS);
  const { jobs, releaseAll } = heldJobs(gate, 5);
  const refusal = await gate.run(async () => "never").catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  expect(refusal).toMatchObject({
    code: "unavailable",
    details: { reason: "overloaded", retryAfterSeconds: 1 },
  });
  await releaseAll();
  await Promise.all(jobs);
});

test("in this process two hash at a time, fifty wait, and the next is refused at once", async () => {
  const { jobs, releaseAll, peak } = heldJobs(hashGate, 52);
  let outcome = "waits";
  const next = hashGate
    .run(async () => {})
    .catch(() => {
      outcome = "refused";
    });
  await sleep(0);
  expect(outcome).toBe("refused");
  await releaseAll();
  expect(await Promise.all(jobs)).toHaveLength(52);
  await next;
  expect(peak()).toBe(2);
});

test("an aborted request leaves the queue and its place goes to another", async () => {
  const gate = new HashGate(LIMITS);
  const first = heldJobs(gate, 2);
  const controller = new AbortController();
  const aborted = heldJobs(gate, 3, controller.signal);
  controller.abort();
  const results = await Promise.allSettled(aborted.jobs);
  expect(results.map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
  const next = gate.run(async () => "in");
  await first.releaseAll();
  expect(await next).toBe("in");
});

test("nobody waits longer than the limit", async () => {
  const gate = new HashGate({ ...LIMITS, waitMsMax: 20 });
  const { jobs, releaseAll } = heldJobs(gate, 2);
  await expect(gate.run(async () => "late")).rejects.toMatchObject({ code: "unavailable" });
  await releaseAll();
  await Promise.all(jobs);
});

test("a job that fails frees its slot", async () => {
  const gate = new HashGate({ ...LIMITS, slots: 1 });
  await expect(gate.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await gate.run(async () => "next")).toBe("next");
});
