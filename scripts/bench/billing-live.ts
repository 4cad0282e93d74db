// Live billing pages: from the commit of what is told to the thousand pages that are open, through PostgreSQL alone and
// through Redis, beside a server that only passes on what PostgreSQL notifies. Pages are as many as a workspace may have.

import { Agent, type ClientRequest, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { OPEN_PAGES_MAX } from "../../server/billing/terms";
import type { TenantId } from "../../server/platform/tenant-db";
import { startRedis } from "../redis-server";
import { addWorkspaces, type BenchEnvironment, startProcess } from "./environment";
import { percentile, type Result, spread, steadily } from "./measure";
import { tenantHeaders } from "./relay";

const PAGES = 1_000;
const OPENING_AT_ONCE = 8;
const STEADY = { perSecond: 20, count: 200 };
const P99_LIMIT_MS = 250;
const P99_GOAL_MS = 100;
const PATIENCE_MS = 60_000;

export async function benchBillingLive(environment: BenchEnvironment): Promise<Result[]> {
  const slugs = Array.from({ length: Math.ceil(PAGES / OPEN_PAGES_MAX) }, (_, n) => `live-${n}`);
  const ids = await addWorkspaces(environment, slugs);
  const workspaces = slugs.map((slug, n) => ({ slug, tenantId: ids[n] ?? "" }));
  const bare = await fanOutOfReference(environment, workspaces);
  const alone = await fanOutOfParley(environment, workspaces, {});
  const results = [resultOf("PostgreSQL alone", alone, bare)];
  const redis = await startRedis();
  if (redis === null) {
    results.push({
      name: "live billing pages through Redis",
      figures: { "not measured": "no redis-server here" },
    });
    return results;
  }
  try {
    const through = await fanOutOfParley(environment, workspaces, { REDIS_URL: redis.url });
    results.push(resultOf("Redis", through, bare));
  } finally {
    await redis.stop();
  }
  return results;
}

function resultOf(way: string, parley: Latencies, bare: Latencies): Result {
  const value = percentile(parley.steady, 0.99);
  return {
    name: `live billing pages through ${way}, ${PAGES.toLocaleString("en")} open`,
    figures: {
      [`${STEADY.perSecond} commits/s p50 / p99`]: spread(parley.steady),
      "the same by NOTIFY and node:http": spread(bare.steady),
      "all workspaces by one commit p50 / p99": spread(parley.burst),
      "that by NOTIFY and node:http": spread(bare.burst),
    },
    verdict: { value, unit: "ms", limit: P99_LIMIT_MS, goal: P99_GOAL_MS, kind: "max" },
  };
}

interface Workspace {
  slug: string;
  tenantId: string;
}

/** Milliseconds from commit to arrival, page by page. */
interface Latencies {
  /** One workspace after the other, at a steady rate. */
  steady: number[];
  /** All of them at once. */
  burst: number[];
}

interface FanOut {
  /** Address and headers of a workspace's page. */
  pageOf(workspace: Workspace): { url: string; headers: Record<string, string> };
  /** Tells these workspaces something in one transaction; answers the number of each event. */
  tell(workspaces: Workspace[]): Promise<number[]>;
}

async function fanOutOfParley(
  environment: BenchEnvironment,
  workspaces: Workspace[],
  settings: Record<string, string>,
): Promise<Latencies> {
  const { platformDb, closeDatabases } = await import("../../server/platform/db");
  const { tellBilling } = await import("../../server/billing/stream/tell");
  const app = await startProcess("app-server.ts", settings, "/readyz");
  const payload = { amountNano: "1000", isAutomatic: false };
  try {
    return await measure(workspaces, {
      // From the beginning: what was told while pages were being opened is told them as well.
      pageOf: ({ slug }) => ({
        url: `${app.url}/trpc/billing.live?input=${encodeURIComponent(JSON.stringify({ lastEventId: "0" }))}`,
        headers: { ...tenantHeaders(environment, app), "x-parley-tenant": slug, accept: "text/event-stream" },
      }),
      tell: (told) =>
        platformDb().$transaction(async (tx) => {
          const numbers: number[] = [];
          for (const { tenantId } of told)
            numbers.push(Number(await tellBilling(tx, tenantId as TenantId, { type: "topup", payload })));
          return numbers;
        }),
    });
  } finally {
    await app.stop();
    await closeDatabases();
  }
}

async function fanOutOfReference(environment: BenchEnvironment, workspaces: Workspace[]): Promise<Latencies> {
  await environment.query(
    "CREATE TABLE IF NOT EXISTS bench_told (tenant_id uuid, seq bigint, payload jsonb, PRIMARY KEY (tenant_id, seq))",
  );
  const bare = await startProcess("live-server.ts", {});
  let seq = 0;
  try {
    return await measure(workspaces, {
      pageOf: ({ tenantId }) => ({ url: `${bare.url}/live`, headers: { "x-parley-tenant": tenantId } }),
      tell: async (told) => {
        seq += 1;
        const own = seq;
        const ids = told.map(({ tenantId }) => tenantId);
        await environment.query(
          `WITH told AS (INSERT INTO bench_told SELECT id, $2, '{}' FROM unnest($1::uuid[]) AS t (id) RETURNING tenant_id)
           SELECT pg_notify('bench_told', tenant_id || ' ' || $2::bigint) FROM told`,
          [ids, own],
        );
        return told.map(() => own);
      },
    });
  } finally {
    await bare.stop();
  }
}

async function measure(workspaces: Workspace[], fanOut: FanOut): Promise<Latencies> {
  const agent = new Agent({ keepAlive: true, maxSockets: PAGES + 1 });
  const pages = new Pages(fanOut, agent);
  try {
    await pages.open(workspaces);
    // Whoever has heard this hears what follows.
    await pages.told(workspaces);
    const steady = await pages.latenciesOf(() =>
      steadily((n) => pages.tell([workspaces[n % workspaces.length] as Workspace]), STEADY),
    );
    const burst = await pages.latenciesOf(() => pages.tell(workspaces));
    return { steady, burst };
  } finally {
    pages.close();
    agent.destroy();
  }
}

interface Arrival {
  key: string;
  at: number;
}

/** Pages that are open, what they were told, and when it came. */
class Pages {
  private readonly requests: ClientRequest[] = [];
  private readonly committed = new Map<string, { at: number; pages: number }>();
  private readonly pagesOf = new Map<string, number>();
  private arrivals: Arrival[] = [];
  /** What pages that ended by themselves were told last. */
  private readonly endings: string[] = [];
  private isClosing = false;

  constructor(
    private readonly fanOut: FanOut,
    private readonly agent: Agent,
  ) {}

  async open(workspaces: Workspace[]): Promise<void> {
    const wanted = Array.from({ length: PAGES }, (_, n) => workspaces[n % workspaces.length] as Workspace);
    const lane = async () => {
      for (let workspace = wanted.pop(); workspace; workspace = wanted.pop()) await this.openOne(workspace);
    };
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, lane));
  }

  async tell(workspaces: Workspace[]): Promise<void> {
    const numbers = await this.fanOut.tell(workspaces);
    const at = performance.now();
    for (const [n, { tenantId }] of workspaces.entries())
      this.committed.set(`${tenantId} ${numbers[n]}`, { at, pages: this.pagesOf.get(tenantId) ?? 0 });
  }

  /** Tells, and waits until every page has heard it. */
  async told(workspaces: Workspace[]): Promise<void> {
    await this.latenciesOf(() => this.tell(workspaces));
  }

  /** What `work` tells, as every page hears it. Throws when a page has not heard it in a minute. */
  async latenciesOf(work: () => Promise<void>): Promise<number[]> {
    this.committed.clear();
    this.arrivals = [];
    await work();
    const expected = [...this.committed.values()].reduce((sum, { pages }) => sum + pages, 0);
    const ours = () => this.arrivals.filter(({ key }) => this.committed.has(key));
    const deadline = performance.now() + PATIENCE_MS;
    while (ours().length < expected) {
      if (performance.now() > deadline || this.endings.length > 0)
        throw new Error(
          `${ours().length} of ${expected} arrivals; ${this.endings.length} pages ended: ${this.endings[0] ?? ""}`,
        );
      await sleep(20);
    }
    return ours().map(({ key, at }) => at - (this.committed.get(key)?.at ?? Number.NaN));
  }

  close(): void {
    this.isClosing = true;
    for (const page of this.requests) page.destroy();
  }

  private openOne(workspace: Workspace): Promise<void> {
    const { url, headers } = this.fanOut.pageOf(workspace);
    const { tenantId } = workspace;
    this.pagesOf.set(tenantId, (this.pagesOf.get(tenantId) ?? 0) + 1);
    return new Promise((resolve, reject) => {
      const page = request(url, { agent: this.agent, headers }, (incoming) => {
        if (incoming.statusCode !== 200) reject(new Error(`${url} answered ${incoming.statusCode}`));
        incoming.setEncoding("utf8");
        let [rest, last] = ["", ""];
        incoming.on("data", (text: string) => {
          const at = performance.now();
          last = text.slice(-300);
          const lines = `${rest}${text}`.split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines)
            if (line.startsWith("id: ")) this.arrivals.push({ key: `${tenantId} ${line.slice(4)}`, at });
        });
        incoming.on("error", () => {});
        incoming.on("close", () => this.isClosing || this.endings.push(last));
        resolve();
      });
      page.on("error", reject);
      this.requests.push(page);
      page.end();
    });
  }
}
