// The chat page rendered on the server, against renderToString of the same components with the same queries.

import { type BenchEnvironment, seedConversation, startProcess } from "./environment";
import { call, compare, type Result, rate } from "./measure";

const LOAD = { concurrency: 4, durationMs: 3_000 };
const MESSAGES = 40;

export async function benchPage(environment: BenchEnvironment): Promise<Result[]> {
  const conversationId = await seedConversation(environment, MESSAGES);
  const path = `/t/${environment.person.slug}/chat/${conversationId}`;
  const app = await startProcess("app-server.ts", {}, "/readyz");
  const reference = await startProcess("page-reference.ts", {
    PAGE_PATH: path,
    BENCH_COOKIE: environment.cookie,
  });
  try {
    const headers = { cookie: environment.cookie, accept: "text/html" };
    const render = (base: string) => async () => {
      const html = await call({ url: `${base}${path}`, headers });
      const found = html.match(/data-message=/g)?.length ?? 0;
      if (found < MESSAGES / 2) throw new Error(`${base} rendered ${found} messages`);
    };
    const measured = await compare(render(app.url), render(reference.url), LOAD);
    return [
      {
        name: "chat page on the server",
        figures: {
          Parley: rate(measured.subjectPerSecond),
          "renderToString + same queries": rate(measured.referencePerSecond),
        },
        verdict: { value: measured.ratio, unit: "ratio", limit: 0.2, goal: 0.35, kind: "min" },
      },
    ];
  } finally {
    await reference.stop();
    await app.stop();
  }
}
