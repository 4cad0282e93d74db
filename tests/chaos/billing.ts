// Billing of one instance as a process of its own, to be killed: the door for Stripe's deliveries and the dispatcher behind
// it, with the product's own handlers. They fail by chance (CHAOS_FAILURES, a share of one), and the process dies at a step
// that is named (CHAOS_DIES_AT).

import type { AddressInfo } from "node:net";
import type { ActionFunctionArgs } from "@remix-run/node";
import { Logger, run } from "graphile-worker";
import { action, loader } from "../../app/routes/webhooks.stripe";
import { HANDLERS } from "../../server/billing/handlers";
import { startEventDispatcher } from "../../server/billing/intake/dispatch/dispatcher";
import { EventFault, type Handlers } from "../../server/billing/intake/handler";
import { runAutoTopUp } from "../../server/billing/money/auto-top-up";
import { endSpare } from "../../server/billing/subscription/ending/spare";
import { SPARE_JOB } from "../../server/billing/subscription/sync";
import { createHttpServer } from "../../server/http";
import { platformPool } from "../../server/platform/db";
import { tenantIdOfJob } from "../../server/tenants/scope";
import { buildOf } from "../factories/http";

/** Where it may die: each is the instant after what it is called by. */
export type Step = "stored" | "leased" | "fetched" | "written" | "about to ask" | "asked";

const failures = Number(process.env["CHAOS_FAILURES"] ?? 0);

function dieAt(step: Step): void {
  if (process.env["CHAOS_DIES_AT"] === step) process.kill(process.pid, "SIGKILL");
}

function falter(): void {
  if (Math.random() < failures) throw new EventFault("by chance");
}

function faltering<Args extends unknown[], T>(fetch: (...args: Args) => Promise<T>) {
  return async (...args: Args): Promise<T> => {
    dieAt("leased");
    falter();
    const fetched = await fetch(...args);
    dieAt("fetched");
    return fetched;
  };
}

function falteringAfter<Args extends unknown[], T>(write: (...args: Args) => Promise<T>) {
  return async (...args: Args): Promise<T> => {
    const end = await write(...args);
    dieAt("written");
    falter();
    return end;
  };
}

const handlers: Handlers = {
  states: HANDLERS.states.map((sync) => ({
    ...sync,
    fetch: faltering(sync.fetch),
    apply: falteringAfter(sync.apply),
  })),
  moneys: HANDLERS.moneys.map((handler) => ({
    ...handler,
    fetch: faltering(handler.fetch),
    book: falteringAfter(handler.book),
  })),
};

const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  if (init?.method !== "POST") return send(input, init);
  dieAt("about to ask");
  const answer = await send(input, init);
  dieAt("asked");
  return answer;
};

async function take(args: ActionFunctionArgs): Promise<Response> {
  const response = await action(args);
  dieAt("stored");
  return response;
}

/** The job of automatic top-ups, for the workspace that is asked for. */
async function topUp({ request }: ActionFunctionArgs): Promise<Response> {
  await runAutoTopUp(tenantIdOfJob({ tenantId: await request.text() }));
  return new Response(null, { status: 202 });
}

process.stdin.on("end", () => process.exit(0)).resume();

await startEventDispatcher(handlers);
// Of the jobs only that which decides between two subscriptions: what people and clocks want is no part of this.
await run({
  pgPool: platformPool(),
  logger: new Logger(() => () => {}),
  noHandleSignals: true,
  concurrency: 1,
  pollInterval: 200,
  taskList: {
    [SPARE_JOB]: (payload) => {
      const { tenantId, subscriptionId } = payload as { tenantId: string; subscriptionId: string };
      return endSpare(tenantIdOfJob({ tenantId }), subscriptionId);
    },
  },
});
const pages = { "/webhooks/stripe": { loader, action: take }, "/webhooks/top-up": { action: topUp } };
const build = buildOf(pages as never);
const server = createHttpServer({ loadBuild: () => build, isDevServer: false });
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready ${(server.address() as AddressInfo).port} -\n`);
});
