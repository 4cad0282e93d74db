// Reads that must not grow with what is stored: opening a conversation at its tail, and search.

import { type BenchEnvironment, seedConversation, startProcess } from "./environment";
import { call, durations, growth, median, ms, percentile, type Result } from "./measure";
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
    const opens = ids.map((conversationId, index) => [
      `${SIZES[index]?.toLocaleString("en")} messages`,
      query("messages.list", { conversationId }),
    ]);
    return [
      await openings(Object.fromEntries(opens)),
      await searches((words) => query("conversations.search", { query: words })),
    ];
  } finally {
    await app.stop();
  }
}

async function openings(opens: Record<string, () => Promise<void>>): Promise<Result> {
  const { figures, ratio } = await growth(opens, { calls: CALLS, rounds: ROUNDS });
  const verdict = { unit: "ratio", limit: 1.3, goal: 1.2, kind: "max" } as const;
  return { name: "opening a conversation", figures, verdict: { value: ratio, ...verdict } };
}

async function searches(search: (words: string) => () => Promise<void>): Promise<Result> {
  const figures: Record<string, string> = {};
  for (const [label, words] of Object.entries(SEARCHES)) {
    const times = await durations(search(words), CALLS / 4);
    figures[`${label} p50 / p95`] = `${ms(median(times))} / ${ms(percentile(times, 0.95))}`;
  }
  return { name: "search over 110,100 messages", figures };
}
