import { expect, test, vi } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { endRun } from "../../tests/factories/messages";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import { platformDb } from "../platform/db";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import { LIMITS } from "../platform/limit-table";
import { consumeLimits } from "../platform/rate-limit";
import { withTenant } from "../platform/tenant-db";
import { OPEN_STREAMS_MAX, takeStreamLease } from "../runs/stream/leases";
import type { Scope } from "../tenants/scope";
import type { RunEvent, StartedRun } from "./contract";
import { sendMessage } from "./start-run";
import { watchRun } from "./streams";

async function startRun(scope: Scope): Promise<StartedRun> {
  const conversationId = await makeConversation(scope);
  return sendMessage(scope, { conversationId, text: "Q", clientMessageId: newId() });
}

function watching(ask: () => Promise<unknown> = async () => {}) {
  const ending = new AbortController();
  const wrap = (id: string, event: RunEvent) => ({ id, event });
  return { ending, watch: { signal: ending.signal, recheck: { ask, signs: null }, wrap } };
}

async function writeEvents(scope: Scope, run: StartedRun, events: object[]): Promise<void> {
  const { tenantId } = scope;
  await withTenant(scope, (db) =>
    db.runEvent.createMany({
      data: events.map((data, n) => ({ tenantId, runId: run.runId, fence: 1, sequence: n + 1, data })),
    }),
  );
}

test("a run that has ended is told from its beginning to its terminal event, then the place is free", async () => {
  const { scope } = await makeTenant();
  const run = await startRun(scope);
  const final = { type: "final", messageId: run.assistantMessageId, status: "complete" };
  await writeEvents(scope, run, [{ type: "delta", text: "Hi" }, final]);
  await endRun(scope, run, { text: "Hi" });
  const seen: unknown[] = [];
  for await (const item of await watchRun(scope, { runId: run.runId }, watching().watch)) seen.push(item);
  expect(seen).toEqual([
    { id: "1-1", event: { type: "delta", text: "Hi" } },
    { id: "1-2", event: final },
  ]);
  const resumed: unknown[] = [];
  for await (const item of await watchRun(
    scope,
    { runId: run.runId, lastEventId: "1-1" },
    watching().watch,
  )) {
    resumed.push(item);
  }
  expect(resumed).toEqual([{ id: "1-2", event: final }]);
  expect(await platformDb().streamLease.count({ where: { userId: scope.userId } })).toBe(0);
});

test("strangers, colleagues and unknown runs are not found", async () => {
  const tenant = await makeTenant();
  const neighbour = await makeTenant();
  const { scope: colleague } = await addMember(tenant, "admin");
  const run = await startRun(tenant.scope);
  for (const scope of [neighbour.scope, colleague]) {
    await expect(watchRun(scope, { runId: run.runId }, watching().watch)).rejects.toMatchObject({
      code: "not_found",
    });
  }
  await expect(watchRun(tenant.scope, { runId: newId() }, watching().watch)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a sixth open stream is refused, over tenants and instances, until one closes", async () => {
  const { scope } = await makeTenant();
  const run = await startRun(scope);
  const leases = await Promise.all(
    Array.from({ length: OPEN_STREAMS_MAX }, () => takeStreamLease(scope.userId)),
  );
  const attempt = watchRun(scope, { runId: run.runId }, watching().watch);
  await expect(attempt).rejects.toMatchObject({
    code: "over_limit",
    details: { reason: "too_many_streams" },
  });
  await leases[0]?.end();
  const { ending, watch } = watching();
  const events = await watchRun(scope, { runId: run.runId }, watch);
  ending.abort();
  for await (const _ of events) break;
});

test("of twenty streams that open at once five get a place", async () => {
  const { scope } = await makeTenant();
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => takeStreamLease(scope.userId)));
  expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(OPEN_STREAMS_MAX);
});

test("a renewal that is under way when a stream ends does not keep its place", async () => {
  const { scope } = await makeTenant();
  const lease = await takeStreamLease(scope.userId);
  const renewing = lease.renew();
  await lease.end();
  await renewing;
  await lease.renew();
  expect(await platformDb().streamLease.count({ where: { userId: scope.userId } })).toBe(0);
});

test("the places of a process that died come free by themselves", async () => {
  const { scope } = await makeTenant();
  for (let n = 0; n < OPEN_STREAMS_MAX; n += 1) await takeStreamLease(scope.userId);
  const past = new Date(Date.now() - 1);
  await platformDb().streamLease.updateMany({ where: { userId: scope.userId }, data: { expiresAt: past } });
  await expect(takeStreamLease(scope.userId)).resolves.toBeDefined();
});

test("more than thirty streams in a minute are refused with the time to wait", async () => {
  const { scope } = await makeTenant();
  const run = await startRun(scope);
  const final = { type: "final", messageId: run.assistantMessageId, status: "complete" };
  await writeEvents(scope, run, [final]);
  await endRun(scope, run);
  const [name, streams] = ["stream.user", LIMITS["stream.user"]] as const;
  await consumeLimits([{ ...streams, name, key: scope.userId, weight: streams.points - 1 }]);
  for await (const _ of await watchRun(scope, { runId: run.runId }, watching().watch));
  await expect(watchRun(scope, { runId: run.runId }, watching().watch)).rejects.toMatchObject({
    code: "over_limit",
    details: { reason: "rate_limited" },
  });
});

test("an open stream ends with the refusal when its session ends, at the next look", async () => {
  const { scope } = await makeTenant();
  const run = await startRun(scope);
  const refusal = new AppError("unauthorized", "Please sign in.");
  let isSignedIn = true;
  const recheck = async () => {
    if (!isSignedIn) throw refusal;
  };
  const events = await watchRun(scope, { runId: run.runId }, watching(recheck).watch);
  isSignedIn = false;
  const reading = (async () => {
    for await (const _ of events);
  })();
  await expect(reading).rejects.toBe(refusal);
  expect(await platformDb().streamLease.count({ where: { userId: scope.userId } })).toBe(0);
});

test("signing out elsewhere and leaving the workspace end the streams of chat.runEvents", async () => {
  const tenant = await makeTenant();
  const { user, scope } = await addMember(tenant);
  const first = await signIn(user);
  const second = await signIn(user);
  const open = async (cookie: string) => {
    const { runId } = await startRun(scope);
    const { api } = callAs({ cookie, tenantSlug: tenant.slug });
    const events = await api.chat.runEvents({ runId });
    for await (const _ of events);
  };
  const signedOut = open(first.cookie);
  const removed = open(second.cookie);
  const outcomes = Promise.allSettled([signedOut, removed]);
  await expect.poll(() => platformDb().streamLease.count({ where: { userId: user.id } })).toBe(2);
  await platformDb().session.update({
    where: { id: first.session.sessionId },
    data: { revokedAt: new Date() },
  });
  await platformDb().tenantMember.deleteMany({ where: { tenantId: tenant.id, userId: user.id } });
  expect(await outcomes).toMatchObject([
    { status: "rejected", reason: { code: "unauthorized" } },
    { status: "rejected", reason: { code: "not_found" } },
  ]);
});

test("an open stream keeps its place by its sign, without asking, and ends when the conversation is gone", async () => {
  const { scope } = await makeTenant();
  const run = await startRun(scope);
  const ask = vi.fn(async () => {});
  const { ending, watch } = watching(ask);
  const events = await watchRun(scope, { runId: run.runId }, { ...watch, recheck: { ask, signs: [] } });
  const reading = (async () => {
    for await (const _ of events);
  })();
  const lease = { where: { userId: scope.userId } };
  const expiresAt = new Date(Date.now() + 13_000);
  await platformDb().streamLease.updateMany({ ...lease, data: { expiresAt } });
  const isRenewed = async () =>
    ((await platformDb().streamLease.findFirst(lease))?.expiresAt ?? expiresAt) > expiresAt;
  await expect.poll(isRenewed).toBe(true);
  expect(ask).not.toHaveBeenCalled();
  await platformDb().conversation.updateMany({ ...lease, data: { deletedAt: new Date() } });
  await expect(reading).rejects.toMatchObject({ code: "not_found" });
  ending.abort();
});
