import { get } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { tellTimes } from "../../../tests/factories/billing-stream";
import { callAs } from "../../../tests/factories/callers";
import { takeFaults } from "../../../tests/factories/faults";
import { startTestServer } from "../../../tests/factories/http";
import { makeMember, makeTenant } from "../../../tests/factories/tenants";
import { signIn } from "../../../tests/factories/users";
import { untilStreamsEnd } from "../../auth/session/standing";
import { endStreams } from "../../http-stream";
import { resetConfig } from "../../platform/config";
import { platformDb } from "../../platform/db";
import { closeEvents } from "../../platform/events";
import { newId } from "../../platform/ids";
import { closeRedis } from "../../platform/redis";
import { OPEN_PAGES_MAX } from "../terms";
import { takePlace } from "./places";
import { watchBilling } from "./watch";

afterEach(async () => {
  await closeEvents();
  closeRedis();
  for (const name of ["STREAM_REDIS_URL", "ENABLE_BILLING_STREAM_REPLAY"]) delete process.env[name];
  resetConfig();
});

/** Opens a stream over HTTP; resolves with its text once that holds `until`, or at its end. */
function openStream(
  port: number,
  visitor: { cookie: string; slug: string },
  options: { lastEventId?: string; accept?: string; until?: string } = {},
): Promise<{ status: number; text: string; ended: Promise<string>; leave: () => void }> {
  const { lastEventId, accept = "text/event-stream", until = "event: connected" } = options;
  const query = new URLSearchParams({
    input: JSON.stringify(lastEventId === undefined ? {} : { lastEventId }),
    connectionParams: JSON.stringify({ tenant: visitor.slug }),
  });
  return new Promise((resolve, reject) => {
    const headers = { host: "localhost:3000", cookie: visitor.cookie, accept };
    const request = get(
      { host: "127.0.0.1", port, path: `/trpc/billing.live?${query}`, headers },
      (incoming) => {
        let text = "";
        const leave = () => request.destroy();
        const ended = new Promise<string>((end) => incoming.on("close", () => end(text)));
        const answer = () => ({ status: incoming.statusCode ?? 0, text, ended, leave });
        incoming.on("data", (chunk: Buffer) => {
          text += chunk;
          if (text.includes(until)) resolve(answer());
        });
        incoming.on("close", () => resolve(answer()));
      },
    );
    request.on("error", reject);
  });
}

test("a page receives what it missed, in order and with the events' numbers as ids", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  await tellTimes(tenant.scope, 3);
  const server = await startTestServer();
  try {
    const visitor = { cookie, slug: tenant.slug };
    const { text, leave } = await openStream(server.port, visitor, { lastEventId: "1", until: "id: 3" });
    expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(["2", "3"]);
    expect(text).toContain('"type":"topup","payload":{"amountNano":"2","isAutomatic":false}');
    leave();
    await expect.poll(() => platformDb().billingStreamPlace.count()).toBe(0);
  } finally {
    await server.close();
  }
});

test("of twenty pages that open at once three are live, over all instances; a place that is left is free again", async () => {
  const { scope } = await makeTenant();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => takePlace(scope)));
  const taken = tries.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(taken).toHaveLength(OPEN_PAGES_MAX);
  await expect(takePlace(scope)).rejects.toMatchObject({
    code: "over_limit",
    details: { reason: "too_many_streams" },
  });
  await taken[1]?.end();
  await (await takePlace(scope)).renew();
});

test("a place that ran out is taken over, and who lost it is told so", async () => {
  const { scope } = await makeTenant();
  const lost = await takePlace(scope);
  for (let place = 2; place <= OPEN_PAGES_MAX; place += 1) await takePlace(scope);
  await platformDb().billingStreamPlace.updateMany({
    where: { tenantId: scope.tenantId, place: 1 },
    data: { expiresAt: new Date(0) },
  });
  await takePlace(scope);
  await expect(lost.renew()).rejects.toMatchObject({ code: "over_limit" });
});

test("an open page keeps its place by its sign; when somebody else has taken it, the page ends", async () => {
  const { scope } = await makeTenant();
  const ask = vi.fn(async () => {});
  const watch = { signal: undefined, recheck: { ask, signs: [] }, wrap: (id: string) => id };
  const events = await watchBilling(scope, {}, watch);
  const reading = (async () => {
    for await (const _ of events);
  })();
  const places = { where: { tenantId: scope.tenantId } };
  const expiresAt = new Date(Date.now() + 13_000);
  await platformDb().billingStreamPlace.updateMany({ ...places, data: { expiresAt } });
  const isRenewed = async () =>
    ((await platformDb().billingStreamPlace.findFirst(places))?.expiresAt ?? expiresAt) > expiresAt;
  await expect.poll(isRenewed).toBe(true);
  expect(ask).not.toHaveBeenCalled();
  await platformDb().billingStreamPlace.updateMany({ ...places, data: { id: newId() } });
  await expect(reading).rejects.toMatchObject({ code: "over_limit" });
  expect(ask).toHaveBeenCalledTimes(1);
});

test("a process that stops has given back the places of its pages", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  const server = await startTestServer();
  const pages = await Promise.all(
    Array.from({ length: OPEN_PAGES_MAX }, () => openStream(server.port, { cookie, slug: tenant.slug })),
  );
  const countPlaces = () => platformDb().billingStreamPlace.count({ where: { tenantId: tenant.id } });
  expect(await countPlaces()).toBe(OPEN_PAGES_MAX);
  endStreams();
  await untilStreamsEnd();
  expect(await countPlaces()).toBe(0);
  await Promise.all(pages.map(({ ended }) => ended));
  await server.close();
});

test("the twenty-first page within a minute is refused, the neighbour's is not", async () => {
  const [tenant, neighbour] = [await makeTenant(), await makeTenant()];
  const live = async ({ owner, slug }: typeof tenant) =>
    callAs({ cookie: (await signIn(owner)).cookie, tenantSlug: slug }).api.billing;
  const { live: open } = await live(tenant);
  for (let n = 0; n < 20; n += 1) {
    for await (const _event of await open({ lastEventId: "999" })) break;
  }
  await expect(open({ lastEventId: "999" })).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  const { live: openThere } = await live(neighbour);
  for await (const _event of await openThere({ lastEventId: "999" })) break;
});

test("with Redis away, or where streams are switched off, the answer is 503 and the history is still there", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  await tellTimes(tenant.scope, 2);
  const server = await startTestServer();
  const visitor = { cookie, slug: tenant.slug };
  try {
    for (const [name, value] of [
      ["ENABLE_BILLING_STREAM_REPLAY", "false"],
      ["STREAM_REDIS_URL", "redis://127.0.0.1:1"],
    ] as const) {
      process.env[name] = value;
      resetConfig();
      const { status } = await openStream(server.port, visitor, { accept: "application/json" });
      expect(status).toBe(503);
      const { text } = await openStream(server.port, visitor, { until: "serialized-error" });
      expect(text).toContain('"httpStatus":503');
      const { api } = callAs({ cookie, tenantSlug: tenant.slug });
      expect((await api.billing.events({})).items.map(({ seq }) => seq)).toEqual([2, 1]);
      delete process.env[name];
      resetConfig();
    }
    takeFaults();
  } finally {
    await server.close();
  }
});

test("a page ends when its reader was removed from the workspace", async () => {
  const tenant = await makeTenant();
  const { user, cookie } = await makeMember(tenant, "admin");
  const owner = await signIn(tenant.owner);
  const server = await startTestServer();
  try {
    const { ended } = await openStream(server.port, { cookie, slug: tenant.slug });
    const { api } = callAs({ cookie: owner.cookie, tenantSlug: tenant.slug });
    await api.members.remove({ userId: user.id });
    expect(await ended).toContain("serialized-error");
  } finally {
    await server.close();
  }
});

test("who may not read billing, and whoever is a stranger, gets neither stream nor history", async () => {
  const tenant = await makeTenant();
  const { cookie } = await makeMember(tenant, "member");
  const stranger = await signIn((await makeTenant()).owner);
  for (const [visitor, code] of [
    [cookie, "FORBIDDEN"],
    [stranger.cookie, "NOT_FOUND"],
  ] as const) {
    const { api } = callAs({ cookie: visitor, tenantSlug: tenant.slug });
    await expect(api.billing.live({ lastEventId: "0" })).rejects.toMatchObject({ code });
    await expect(api.billing.events({})).rejects.toMatchObject({ code });
  }
});

test("the history is read page by page, newest first, and names how far it goes", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  const { api } = callAs({ cookie, tenantSlug: tenant.slug });
  expect(await api.billing.events({})).toEqual({ items: [], nextCursor: null, lastEventId: "0" });
  await tellTimes(tenant.scope, 7);
  const first = await api.billing.events({ limit: 3 });
  expect(first.items.map(({ seq }) => seq)).toEqual([7, 6, 5]);
  expect(first.lastEventId).toBe("7");
  const second = await api.billing.events({ limit: 10, cursor: first.nextCursor ?? "" });
  expect(second.items.map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
  expect(second.nextCursor).toBeNull();
  await expect(api.billing.events({ cursor: "not-made-here" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
});
