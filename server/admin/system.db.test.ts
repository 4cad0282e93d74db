import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeOperator } from "../../tests/factories/operators";
import { platformPool } from "../platform/db";
import { startHeartbeat } from "../platform/heartbeat";
import { newId } from "../platform/ids";
import { programVersion } from "../platform/version";

test("an operator sees the state of every part, living processes with their version, and jobs that died", async () => {
  const id = newId();
  const heartbeat = startHeartbeat(
    () => [id, `worker-${id}`],
    async () => {},
  );
  await platformPool().query(
    "INSERT INTO instances (id, heartbeat_at) VALUES ('gone', now() - interval '1 hour') ON CONFLICT DO NOTHING",
  );
  await platformPool().query("SELECT graphile_worker.add_job('nobody.takes', '{}', max_attempts => 1)");
  await platformPool().query("UPDATE graphile_worker._private_jobs SET attempts = max_attempts");
  await platformPool().query(
    "SELECT graphile_worker.add_job('nobody.takes', '{}', run_at => now() - interval '90 seconds')",
  );
  const { api } = callAs(await makeOperator("support"));
  // A busy machine may be too slow for an answer within two seconds; it is asked again.
  let report = await api.admin.system.get();
  const askAgain = async () => {
    report = await api.admin.system.get();
    return report.health;
  };
  await expect.poll(askAgain, { interval: 500 }).toMatchObject({
    database: { state: "ok", latencyMs: expect.any(Number) },
    storage: { state: "ok", place: "database" },
    queue: { state: "ok", dead: 1 },
    workers: [
      { id, isAlive: true, version: programVersion() },
      { id: "gone", isAlive: false, version: null },
    ],
  });
  const { health, isolation, version } = report;
  expect(health.queue.oldestWaitingSeconds).toBeGreaterThanOrEqual(89);
  expect(isolation.live).toMatchObject({ open: [] });
  expect(version).toMatch(/^\d+\./);
  const left = () => platformPool().query("SELECT 1 FROM stored_pieces WHERE key LIKE 'health/%'");
  await expect.poll(async () => (await left()).rowCount).toBe(0);
  await heartbeat.stop();
});
