// Reads that must not grow with what is stored: opening a conversation at its tail, and search.

import { type BenchEnvironment, seedConversation, startProcess } from "./environment";
import { call, durations, median, ms, percentile, type Result } from "./measure";
import { tenantHeaders } from "./relay";

const SIZES = [100, 10_000, 100_000];
const CALLS = 200;
const ROUNDS = 5;
const SEARCHES = {
  "rare word": "heliotrope",
  "common word": "ledger",
  "two words": "ledger number777",
  prefix: "helio",
};

/** The newest page of conversations of three sizes, and searches over all of their messages. */
export async function benchConversations(environment: BenchEnvironment): Promise<Result[]> {
  const ids: string[] = [];
  for (const size of SIZES) ids.push(await seedConversation(environment, size));
  await environment.query("VACUUM ANALYZE messages");
  const app = await startProcess("app-server.ts", {}, "/readyz");
  try {
    const headers = tenantHeaders(environment, app);
    const query = (path: string, input: object) => async () => {
      await call({
        url: `${app.url}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`,
        headers,
      });
    };
    const opens = ids.map((conversationId) => query("messages.list", { conversationId }));
    return [
      await openings(opens),
      await searches((words) => query("conversations.search", { query: words })),
    ];
  } finally {
    await app.stop();
  }
}

async function openings(opens: (() => Promise<void>)[]): Promise<Result> {
  for (const open of opens) await durations(open, CALLS / 2);
  const times: number[][] = opens.map(() => []);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const medians: number[] = [];
    for (const [index, open] of opens.entries()) {
      const measured = await durations(open, CALLS);
      times[index]?.push(...measured);
      medians.push(median(measured));
    }
    ratios.push((medians.at(-1) ?? 0) / (medians[0] ?? 1));
  }
  return {
    name: "opening a conversation",
    figures: Object.fromEntries(
      SIZES.map((size, index) => [
        `${size.toLocaleString("en")} messages p50 / p99`,
        `${ms(median(times[index] ?? []))} / ${ms(percentile(times[index] ?? [], 0.99))}`,
      ]),
    ),
    verdict: { value: median(ratios), unit: "ratio", limit: 1.3, goal: 1.2, kind: "max" },
  };
}

async function searches(search: (words: string) => () => Promise<void>): Promise<Result> {
  const figures: Record<string, string> = {};
  for (const [label, words] of Object.entries(SEARCHES)) {
    const times = await durations(search(words), CALLS / 4);
    figures[`${label} p50 / p95`] = `${ms(median(times))} / ${ms(percentile(times, 0.95))}`;
  }
  return { name: "search over 110,100 messages", figures };
}
