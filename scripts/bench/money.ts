// Reads of money that must not grow with what was booked: the newest page of the ledger, the sums of use, and the page that
// shows them, of a workspace with a thousand calls and of one with a million.

import pg from "pg";
import { addWorkspaces, type BenchEnvironment, startProcess, TICKER_MODEL } from "./environment";
import { call, growth, type Result } from "./measure";
import { tenantHeaders } from "./relay";

const SIZES = [1_000, 1_000_000];
const CALLS = 100;
const ROUNDS = 5;
/** Days over which the calls lie, and the people and conversations that made them. */
const SPREAD = { days: 90, people: 20, conversations: 500 };
const READS = {
  "ledger, newest page": () => "/trpc/reserve.ledger",
  "use by day": () => summary("day"),
  "use by member": () => summary("member"),
  "use by conversation": () => summary("conversation"),
  "page of use": (slug: string) => `/t/${slug}/billing/usage`,
};

/** Each read with a million calls against the same with a thousand; the verdict is on the page, which reads everything. */
export async function benchMoney(environment: BenchEnvironment): Promise<Result[]> {
  const slugs: string[] = [];
  for (const size of SIZES) slugs.push(await seedBooks(environment, size));
  await environment.query("VACUUM ANALYZE");
  const app = await startProcess("app-server.ts", {}, "/readyz");
  try {
    const results: Result[] = [];
    for (const [name, pathOf] of Object.entries(READS)) {
      const reads = slugs.map((slug, index) => {
        const headers = { ...tenantHeaders(environment, app), "x-parley-tenant": slug };
        const url = `${app.url}${pathOf(slug)}`;
        return [`${SIZES[index]?.toLocaleString("en")} calls`, () => call({ url, headers })];
      });
      const { figures, ratio } = await growth(Object.fromEntries(reads), { calls: CALLS, rounds: ROUNDS });
      const verdict = { value: ratio, unit: "ratio", limit: 2, goal: 1.3, kind: "max" } as const;
      results.push({ name, figures, ...(name === "page of use" ? { verdict } : {}) });
    }
    return results;
  } finally {
    await app.stop();
  }
}

function summary(groupBy: string): string {
  return `/trpc/usage.summary?input=${encodeURIComponent(JSON.stringify({ groupBy }))}`;
}

/** A workspace of the environment's person, with so many calls that the reserve paid; answers its address. */
async function seedBooks(environment: BenchEnvironment, size: number): Promise<string> {
  const slug = `books-${size}`;
  const [tenantId = ""] = await addWorkspaces(environment, [slug]);
  const client = new pg.Client({ connectionString: environment.superuserUrl });
  await client.connect();
  try {
    await writeBooks(client, tenantId, size);
  } finally {
    await client.end();
  }
  return slug;
}

// A million settlements one by one would take an hour: rows and sums are written as the settlements leave them.
async function writeBooks(client: pg.Client, tenantId: string, size: number): Promise<void> {
  await client.query("SET session_replication_role = replica");
  await client.query(
    `INSERT INTO usage_events (tenant_id, id, request_key, user_id, conversation_id, purpose, provider, model, input_tokens,
         output_tokens, latency_ms, outcome, source, occurred_at, messages, payer, cost_nano, charged_nano)
       SELECT $1, gen_random_uuid(), n::text, md5('person' || n % $3)::uuid, md5('conversation' || n % $4)::uuid, 'chat', 'ticker',
              $5, 40, 10, 900, 'ok', 'provider_final', now() - (n % $6) * interval '1 day', 1, 'reserve', 1000, 1000
         FROM generate_series(1, $2::int) AS n`,
    [tenantId, size, SPREAD.people, SPREAD.conversations, TICKER_MODEL, SPREAD.days],
  );
  await client.query(
    `INSERT INTO ledger_entries (tenant_id, seq, id, kind, amount_nano, balance_after_nano, currency, source_ref, actor_type, created_at)
       SELECT $1::uuid, 1, gen_random_uuid(), 'grant'::ledger_kind, 1000 * $2::bigint, 1000 * $2::bigint, 'USD', $1::uuid::text, 'system', now()
       UNION ALL
       SELECT $1::uuid, n + 1, gen_random_uuid(), 'usage', -1000, 1000 * ($2::bigint - n), 'USD', id::text, 'system', occurred_at
         FROM (SELECT id, occurred_at, row_number() OVER (ORDER BY occurred_at) AS n FROM usage_events WHERE tenant_id = $1) AS e`,
    [tenantId, size],
  );
  await client.query("UPDATE reserve_accounts SET seq = $2 + 1 WHERE tenant_id = $1", [tenantId, size]);
  await client.query("SELECT usage_rollup_rebuild($1)", [tenantId]);
}
