// Lists of billing that must not grow with what was told: the newest page and an older one of a workspace's events, the
// page that shows them, and the operators' list of Stripe's events, with a thousand of them and with a million.

import { addWorkspaces, type BenchEnvironment, type RunningProcess, startProcess } from "./environment";
import { call, growth, type Result, type Work } from "./measure";
import { tenantHeaders } from "./relay";

const SIZES = [1_000, 1_000_000];
const CALLS = 100;
const ROUNDS = 5;

interface Workspace {
  tenantId: string;
  slug: string;
  size: number;
}

type Reads = [name: string, readOf: (workspace: Workspace) => Work];

/** Each read with a million events against the same with a thousand. */
export async function benchBillingEvents(environment: BenchEnvironment): Promise<Result[]> {
  const slugs = SIZES.map((size) => `events-${size}`);
  const ids = await addWorkspaces(environment, slugs);
  const workspaces = SIZES.map((size, n) => ({ tenantId: ids[n] ?? "", slug: slugs[n] ?? "", size }));
  for (const workspace of workspaces) await seedEvents(environment, workspace);
  await environment.query("VACUUM ANALYZE billing_stream_events, stripe_events, stripe_event_dispatches");
  const app = await startProcess("app-server.ts", {}, "/readyz");
  const { closeDatabases } = await import("../../server/platform/db");
  try {
    const reads = [...(await readsOverHttp(environment, app)), ...(await readsOfOperators())];
    const results: Result[] = [];
    for (const [name, readOf] of reads) {
      const labelled = workspaces.map((workspace) => [
        `${workspace.size.toLocaleString("en")} events`,
        readOf(workspace),
      ]);
      const { figures, ratio } = await growth(Object.fromEntries(labelled), { calls: CALLS, rounds: ROUNDS });
      const verdict = { value: ratio, unit: "ratio", limit: 2, goal: 1.3, kind: "max" } as const;
      results.push({ name, figures, verdict });
    }
    return results;
  } finally {
    await app.stop();
    await closeDatabases();
  }
}

async function readsOverHttp(environment: BenchEnvironment, app: RunningProcess) {
  const { encodeCursor } = await import("../../server/platform/cursor");
  const reading = (pathOf: (workspace: Workspace) => string) => (workspace: Workspace) => {
    const headers = { ...tenantHeaders(environment, app), "x-parley-tenant": workspace.slug };
    return async () => {
      await call({ url: `${app.url}${pathOf(workspace)}`, headers });
    };
  };
  const older = ({ size }: Workspace) => JSON.stringify({ cursor: encodeCursor([size / 2]) });
  return [
    ["events of a workspace, newest page", reading(() => "/trpc/billing.events")],
    [
      'events of a workspace, "Load older" in the middle',
      reading((workspace) => `/trpc/billing.events?input=${encodeURIComponent(older(workspace))}`),
    ],
    ["page of billing events", reading(({ slug }) => `/t/${slug}/billing/events`)],
  ] satisfies Reads[];
}

/** The noun behind the operators' page; what stands before it does not depend on how many events there are. */
async function readsOfOperators() {
  const { ListStripeEvents } = await import("../../server/billing/contract");
  const { listStripeEvents } = await import("../../server/billing/intake/console/events");
  const listing = (more: object) => (workspace: Workspace) => {
    const query = ListStripeEvents.parse({ tenant: workspace.slug, ...more });
    return async () => {
      const { items } = await listStripeEvents(query);
      if (items.length !== query.limit) throw new Error(`${workspace.slug} has only ${items.length} events`);
    };
  };
  return [
    ["Stripe's events of a workspace", listing({})],
    ["Stripe's events of a workspace, by type", listing({ type: "invoice.paid" })],
  ] satisfies Reads[];
}

// Ten seconds apart, and nobody is told of them any more.
async function seedEvents({ query }: BenchEnvironment, { tenantId, slug, size }: Workspace): Promise<void> {
  await query(
    `WITH told AS (
       INSERT INTO billing_stream_events (tenant_id, seq, type, payload, created_at, is_published)
         SELECT $1, n, 'topup', '{"amountNano": "1000", "isAutomatic": false}', now() - ($2 - n) * interval '10 seconds', true
           FROM generate_series(1, $2::int) AS n
     )
     INSERT INTO billing_stream_heads (tenant_id, seq) VALUES ($1, $2)`,
    [tenantId, size],
  );
  await query(
    `WITH heard AS (
       INSERT INTO stripe_events (event_id, type, is_live, tenant_id, created_at, received_at, raw_body, payload, source)
         SELECT 'evt_' || $2 || n, CASE n % 4 WHEN 0 THEN 'invoice.paid' ELSE 'customer.updated' END, false, $1::uuid, at, at,
                '{}', '{}', 'webhook'
           FROM (SELECT n, now() - ($3 - n) * interval '10 seconds' AS at FROM generate_series(1, $3::int) AS n) AS series
         RETURNING event_id, received_at
     )
     INSERT INTO stripe_event_dispatches (event_id, handler, id, status, received_at, done_at)
       SELECT event_id, 'none', gen_random_uuid(), 'ignored', received_at, received_at FROM heard`,
    [tenantId, slug, size],
  );
}
