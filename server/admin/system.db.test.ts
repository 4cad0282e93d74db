import { afterAll, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeOperator } from "../../tests/factories/operators";
import { closeDatabases, platformPool } from "../platform/db";
import { startHeartbeat } from "../platform/heartbeat";
import { newId } from "../platform/ids";
import { programVersion } from "../platform/version";

afterAll(closeDatabases);

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
  await expect
    .poll(async () => (await api.admin.system.get()).health.workers)
    .toMatchObject([
      { id, isAlive: true, version: programVersion() },
      { id: "gone", isAlive: false, version: null },
    ]);
  const { health, isolation, version } = await api.admin.system.get();
  expect(health).toMatchObject({
    database: { state: "ok", latencyMs: expect.any(Number) },
    storage: { state: "ok", place: "database" },
    queue: { state: "ok", dead: 1 },
  });
  expect(health.queue.waiting).toBeGreaterThanOrEqual(1);
  expect(health.queue.oldestWaitingSeconds).toBeGreaterThanOrEqual(89);
  expect(isolation.live).toMatchObject({ open: [] });
  expect(version).toMatch(/^\d+\./);
  expect((await platformPool().query("SELECT 1 FROM stored_pieces WHERE key LIKE 'health/%'")).rowCount).toBe(
    0,
  );
  await heartbeat.stop();
});
