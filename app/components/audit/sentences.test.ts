import { expect, test } from "vitest";
import type { TenantAuditItem } from "../../../server/tenants/audit-log";
import { actorOf, changesOf, deedOf } from "./sentences";

const entry = (traits: Partial<TenantAuditItem>): TenantAuditItem => ({
  ...{ id: "1", at: "2026-01-01T00:00:00Z", seq: "1", action: "tenant.create", result: "success" },
  ...{ actorType: "user", actorId: "a", actorName: "Ada", ip: null, userAgent: null },
  ...{ targetType: null, targetId: null, targetName: null, metadata: {} },
  ...traits,
});

test("every entry is a sentence, also one that nobody has written words for", () => {
  expect(deedOf(entry({}))).toBe("created the workspace");
  const moved = { action: "tenant.change_slug", metadata: { slug: "new", slugBefore: "old" } };
  expect(deedOf(entry(moved))).toBe("changed the address from /t/old to /t/new");
  const purge = { action: "conversation.delete", metadata: { reason: "retention", days: 30 } };
  expect(deedOf(entry(purge))).toBe("deleted a conversation that was quiet for more than 30 days");
  const call = { action: "support_access.call", targetType: "procedure", targetId: "members.list" };
  expect(deedOf(entry(call))).toBe("used members.list under a support grant");
  const invite = { action: "member.invite", targetType: "tenant_invite", metadata: { role: "admin" } };
  expect(deedOf(entry({ ...invite, targetName: "bo@example.com" }))).toBe("invited bo@example.com as admin");
  expect(deedOf(entry(invite))).toBe("invited somebody as admin");
  expect(deedOf(entry({ action: "rocket.launch", targetType: "rocket" }))).toBe(
    "did rocket.launch to rocket",
  );
});

test("who acted has a name, or is Parley, its support, a machine, or nobody any more", () => {
  expect(actorOf(entry({}))).toBe("Ada");
  expect(actorOf(entry({ actorName: null }))).toBe("Somebody who is no more");
  expect(actorOf(entry({ actorName: null, actorId: null, actorType: "system" }))).toBe("Parley");
  expect(actorOf(entry({ actorName: null, actorId: null, actorType: "operator" }))).toBe("Parley's support");
  const machine = { actorType: "service_account", actorId: "a" };
  expect(actorOf(entry({ ...machine, actorName: "demo-bot" }))).toBe("Machine demo-bot");
  expect(actorOf(entry({ ...machine, actorName: null }))).toBe("Machine a");
});

test("changes are told field by field, from what to what", () => {
  const metadata = {
    retentionDaysBefore: null,
    retentionDays: 30,
    "feature.webSearchBefore": true,
    "feature.webSearch": false,
  };
  expect(changesOf(entry({ metadata }))).toEqual([
    { field: "retention days", before: "nothing", after: "30" },
    { field: "web search", before: "on", after: "off" },
  ]);
});
