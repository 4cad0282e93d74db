// What no journey has the time for: the messages that a month includes are used up, in the database of the copy that is
// journeyed through. What is asked afterwards is charged to the reserve.

import { resolve } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../scripts/embedded-postgres";

const DATABASE = "parley";

/** Uses up the included messages of the running month of a workspace. */
export async function useUpMessages(workspace: string): Promise<void> {
  const folder = resolve(process.env["E2E_DATA_DIR"] ?? "var/e2e");
  // It runs already: this is one more seat at it.
  const server = await startEmbeddedPostgres({ folder, isDurable: true });
  const client = new pg.Client({ connectionString: server.superuserUrl(DATABASE) });
  try {
    await client.connect();
    const { rowCount } = await client.query(
      `INSERT INTO quota_counters (tenant_id, period_id, meter, used)
       SELECT p.tenant_id, wallet_period(p.tenant_id, 'use', p.anchor_at, now()), l.meter, l.hard_limit
         FROM tenants t JOIN tenant_plans p ON p.tenant_id = t.id
         JOIN plan_limits l ON l.plan_version_id = p.plan_version_id
        WHERE t.name = $1 AND l.meter = 'message' AND l.span = 'period'
       ON CONFLICT (tenant_id, period_id, meter) DO UPDATE SET used = excluded.used`,
      [workspace],
    );
    if (rowCount !== 1) throw new Error(`${workspace} has no allowance of messages.`);
  } finally {
    await client.end();
    await server.stop();
  }
}
