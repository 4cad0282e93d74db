// npm run bench — each number beside a limit measured in the same run, on the same machine. Names select a part:
//   npm run bench -- query session relay. Ends with status 1 when a floor is missed; writes var/reports/bench.json.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { benchBillingEvents } from "./bench/billing-events";
import { benchBillingLive } from "./bench/billing-live";
import { benchColdStart } from "./bench/cold-start";
import { benchConversations } from "./bench/conversations";
import { type BenchEnvironment, startEnvironment } from "./bench/environment";
import { endCalls, type Result, type Verdict } from "./bench/measure";
import { benchMembers } from "./bench/members";
import { benchMoney } from "./bench/money";
import { benchPage } from "./bench/page";
import { benchRelay } from "./bench/relay";
import { benchSessionCheck, benchTenantQuery } from "./bench/requests";
import { benchSignIn } from "./bench/sign-in";
import { benchWallet } from "./bench/wallet";
import { benchWebhooks } from "./bench/webhooks";
import { ensureBuild, ensureClient, ROOT } from "./build-app";

const BENCHMARKS: Record<string, (environment: BenchEnvironment) => Promise<Result[]>> = {
  query: benchTenantQuery,
  session: benchSessionCheck,
  page: benchPage,
  members: benchMembers,
  "sign-in": benchSignIn,
  relay: benchRelay,
  conversations: benchConversations,
  wallet: benchWallet,
  money: benchMoney,
  webhooks: benchWebhooks,
  "billing-live": benchBillingLive,
  "billing-events": benchBillingEvents,
  start: benchColdStart,
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0)
    throw new Error(`Unknown: ${unknown.join(", ")}. Known: ${Object.keys(BENCHMARKS).join(", ")}.`);
  await ensureClient();
  await ensureBuild();
  const environment = await startEnvironment();
  const results: Result[] = [];
  try {
    for (const [name, run] of Object.entries(BENCHMARKS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      for (const result of await run(environment)) {
        print(result);
        results.push(result);
      }
    }
  } finally {
    endCalls();
    await environment.stop();
  }
  report(results);
}

function print({ name, figures, verdict }: Result): void {
  console.log(`\n${name}${verdict ? `: ${describe(verdict)}` : ""}`);
  for (const [label, figure] of Object.entries(figures)) console.log(`  ${label.padEnd(36)} ${figure}`);
}

function describe(verdict: Verdict): string {
  const unit = verdict.unit === "ratio" ? "" : ` ${verdict.unit}`;
  const word = verdict.kind === "min" ? "at least" : "at most";
  const mark = !isMet(verdict, verdict.limit)
    ? "MISSED"
    : isMet(verdict, verdict.goal)
      ? "goal met"
      : "floor met";
  return `${verdict.value.toFixed(2)}${unit}, ${word} ${verdict.limit} (goal ${verdict.goal})  ${mark}`;
}

function isMet({ kind, value }: Verdict, bound: number): boolean {
  return kind === "min" ? value >= bound : value <= bound;
}

function report(results: Result[]): void {
  const folder = join(ROOT, "var/reports");
  mkdirSync(folder, { recursive: true });
  const machine = { cores: cpus().length, processor: cpus()[0]?.model ?? "", node: process.version };
  writeFileSync(join(folder, "bench.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  const missed = results.filter(({ verdict }) => verdict && !isMet(verdict, verdict.limit));
  console.log(
    `\n${results.length} results on ${machine.cores} cores, Node ${process.version}; ${missed.length} floors missed.`,
  );
  if (missed.length > 0) process.exitCode = 1;
}

await main();
