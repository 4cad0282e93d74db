// Every tenant procedure and page under a support grant: what changes anything is refused, what reads shows nothing that
// people wrote, and every call stands in the workspace's own audit log. When the grant ends, nothing is found any more.
import { basename } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { platformDb } from "../../server/platform/db";
import { internalRequest } from "../../server/request";
import { endGrant } from "../../server/support-access/grants";
import { TEXT_READ_ONLY } from "../../server/support-access/terms";
import { callAs } from "../factories/callers";
import { makeGrant } from "../factories/support-access";
import { callPath, digestOf, type Ground, makeGround, PROCEDURES } from "./ground";
import { SWEEP } from "./inputs";

let ground: Ground;
let grantId: string;
let untouched: string;

beforeAll(async () => {
  ground = await makeGround();
  grantId = await makeGrant(ground.tenant, ground.operator, { scope: "metadata" });
  untouched = await digestOf();
});

const members = [...PROCEDURES].flatMap(([path, { type, meta }]) =>
  meta.guard === "member" ? [{ path, type }] : [],
);
const changing = members.filter(({ type }) => type === "mutation");
const reading = members.filter(({ type }) => type !== "mutation");

function call(path: string): Promise<unknown> {
  const { api } = callAs({ cookie: ground.operator.cookie, tenantSlug: ground.tenant.slug });
  return callPath(api, path, SWEEP[path]?.input?.(ground.ids));
}

async function lastCall() {
  return platformDb().auditLog.findFirst({
    where: { tenantId: ground.tenant.id, action: "support_access.call" },
    orderBy: { seq: "desc" },
  });
}

test.each(changing)("$path is refused under a grant, and the refusal is written down", async ({ path }) => {
  await expect(call(path)).rejects.toMatchObject({ code: "FORBIDDEN", message: TEXT_READ_ONLY });
  expect(await digestOf()).toBe(untouched);
  const actor = { actorType: "operator", actorId: ground.operator.user.id };
  expect(await lastCall()).toMatchObject({
    ...actor,
    targetId: path,
    result: "failure",
    metadata: { grantId },
  });
});

test.each(reading)("$path shows nothing that people wrote, and is written down", async ({ path }) => {
  const answer = await call(path).catch((error: { code: string }) => error.code);
  if (typeof answer === "string") expect(["FORBIDDEN", "NOT_FOUND"]).toContain(answer);
  expect(JSON.stringify(answer) ?? "").not.toContain("Owner's secret");
  expect(await lastCall()).toMatchObject({ actorType: "operator", targetId: path });
});

interface PageModule {
  loader?: (args: object) => Promise<unknown>;
}

const pages = Object.entries(import.meta.glob<PageModule>("../../app/routes/t.$tenant*.{ts,tsx}")).map(
  ([path, load]) => [basename(path), load] as const,
);

async function open(name: string, load: () => Promise<PageModule>): Promise<unknown> {
  const url = `/t/${ground.tenant.slug}/${name}`;
  const request = new Request(`http://localhost:3000${url}`, { headers: { cookie: ground.operator.cookie } });
  const { conversationId } = ground.ids;
  const info = internalRequest({ url });
  const params = { tenant: ground.tenant.slug, conversationId };
  return (await load()).loader?.({ request, params, context: { info } });
}

const statusOf = (thrown: unknown) => (thrown instanceof Response ? thrown.status : undefined);

test.each(pages)("%s shows nothing that people wrote, and the visit is written down", async (name, load) => {
  if ((await load()).loader === undefined) return;
  const before = await digestOf();
  const page = await open(name, load).catch((thrown: unknown) => {
    expect([302, 403, 404]).toContain(statusOf(thrown));
  });
  expect(JSON.stringify(page) ?? "").not.toContain("Owner's secret");
  const where = {
    tenantId: ground.tenant.id,
    action: "support_access.open_page",
    targetId: { endsWith: name },
  };
  expect(await platformDb().auditLog.count({ where })).toBe(1);
  expect(await digestOf()).toBe(before);
});

test("when the grant ends, no procedure and no page is found", async () => {
  await endGrant(ground.tenant.scope, { grantId });
  for (const { path } of members) await expect(call(path), path).rejects.toMatchObject({ code: "NOT_FOUND" });
  for (const [name, load] of pages) {
    const page = await open(name, load).catch(statusOf);
    expect([404, undefined], name).toContain(page);
  }
});
