import { expect, test } from "vitest";
import { makeRun } from "../../../tests/factories/runs";
import { asSuperuser } from "../../../tests/factories/superuser";
import { makeTenant, type TestTenant } from "../../../tests/factories/tenants";
import { platformDb } from "../../platform/db";
import { withTenant } from "../../platform/tenant-db";
import { type ClaimedRun, claimRuns } from "../owner/claims";
import { RunControl } from "../owner/control";
import { EventWriter } from "./writer";

async function claimedRun({ scope }: TestTenant): Promise<ClaimedRun> {
  const { id } = await makeRun(scope, "Q");
  const claimed = await claimRuns({ owner: "test", leaseMs: 600_000 }, 10);
  const run = claimed.find((one) => one.id === id);
  if (!run) throw new Error("the run was not claimed");
  return run;
}

const delta = (sequence: number) => ({ sequence, event: { type: "delta" as const, text: `${sequence} ` } });

/** Writers that wait for somebody else's transaction. */
async function countWaiting(): Promise<number> {
  const { rows } = await asSuperuser(
    `SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%run_events%'`,
  );
  return rows.length;
}

const countEvents = (run: ClaimedRun) => platformDb().runEvent.count({ where: { runId: run.id } });

test("events of a run whose deletion was under way are not written, and the run is lost to its owner", async () => {
  const tenant = await makeTenant();
  const run = await claimedRun(tenant);
  const [writer, control] = [new EventWriter(), new RunControl()];
  await platformDb().$transaction(async (tx) => {
    await tx.run.delete({ where: { tenantId_id: { tenantId: tenant.id, id: run.id } } });
    writer.add(run, control, delta(1));
    await expect.poll(countWaiting).toBe(1);
  });
  await expect.poll(() => control.end).toBe("lost");
  expect(await countEvents(run)).toBe(0);
});

test("with a conversation go its runs, and with these their events, whoever deletes it", async () => {
  const tenant = await makeTenant();
  const gone = await claimedRun(tenant);
  const [erased, kept] = [await claimedRun(tenant), await claimedRun(tenant)];
  const writer = new EventWriter();
  const runs = [gone, erased, kept];
  const controls = runs.map((run) => {
    const control = new RunControl();
    for (const sequence of [1, 2, 3]) writer.add(run, control, delta(sequence));
    return control;
  });
  const counts = () => Promise.all(runs.map(countEvents));
  await expect.poll(counts).toEqual([3, 3, 3]);
  await withTenant(tenant.scope, (db) => db.conversation.deleteMany({ where: { id: gone.conversationId } }));
  expect(await counts()).toEqual([0, 3, 3]);
  await platformDb().conversation.deleteMany({ where: { id: erased.conversationId } });
  expect(await counts()).toEqual([0, 0, 3]);
  expect(controls.map(({ end }) => end)).toEqual([null, null, null]);
});

test("each owner hears of its own run alone: who was stopped stops, who has a successor is lost", async () => {
  const tenant = await makeTenant();
  const runs = [await claimedRun(tenant), await claimedRun(tenant), await claimedRun(tenant)];
  const [stopped, succeeded] = runs;
  const where = (run: ClaimedRun | undefined) => ({ where: { id: run?.id ?? "" } });
  await platformDb().run.updateMany({ ...where(stopped), data: { stopRequestedAt: new Date() } });
  await platformDb().run.updateMany({ ...where(succeeded), data: { fence: { increment: 1 } } });
  const writer = new EventWriter();
  const controls = runs.map((run) => {
    const control = new RunControl();
    writer.add(run, control, delta(1));
    return control;
  });
  await expect.poll(() => controls.map(({ end }) => end)).toEqual(["stopped", "lost", null]);
  expect(await Promise.all(runs.map(countEvents))).toEqual([1, 0, 1]);
});
