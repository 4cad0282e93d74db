import type { ServerBuild } from "@remix-run/node";
import { expect, test } from "vitest";
import { pageLabels } from "./http-page-labels";

const labelOf = pageLabels(
  routesOf([
    { id: "root", path: "" },
    { id: "_index", parentId: "root", index: true },
    { id: "$", parentId: "root", path: "*" },
    { id: "_auth", parentId: "root" },
    { id: "_auth.login", parentId: "_auth", path: "login" },
    { id: "admin.billing", parentId: "root", path: "admin/billing" },
    { id: "admin.billing.events._index", parentId: "admin.billing", path: "events", index: true },
    { id: "admin.billing.events.$eventId", parentId: "admin.billing", path: "events/:eventId" },
    { id: "t.$tenant", parentId: "root", path: "t/:tenant" },
    { id: "t.$tenant._index", parentId: "t.$tenant", index: true },
    { id: "t.$tenant.$", parentId: "t.$tenant", path: "*" },
    { id: "t.$tenant.chat", parentId: "t.$tenant", path: "chat" },
    { id: "t.$tenant.chat.$conversationId", parentId: "t.$tenant.chat", path: ":conversationId" },
    { id: "t.$tenant.chat.archived", parentId: "t.$tenant.chat", path: "archived" },
    { id: "t.$tenant.export", parentId: "t.$tenant", path: "chat/:conversationId/export" },
  ]),
);

function routesOf(routes: { id: string; parentId?: string; path?: string; index?: true }[]) {
  return Object.fromEntries(routes.map((route) => [route.id, route])) as unknown as ServerBuild["routes"];
}

test("a page is called by the pattern of its route, whatever stands in the address", () => {
  const labels: Record<string, string> = {
    "/": "/",
    "/login": "/login",
    "/Login/": "/login",
    "/t/acme": "/t/:tenant",
    "/t/acme/chat": "/t/:tenant/chat",
    "/t/acme/chat/archived": "/t/:tenant/chat/archived",
    "/t/acme/chat/0192f3a4-aaaa-7bbb-8ccc-0123456789ab": "/t/:tenant/chat/:conversationId",
    "/t/acme/chat/archived/export": "/t/:tenant/chat/:conversationId/export",
    "/admin/billing/events": "/admin/billing/events",
    "/admin/billing/events/evt_1QabcSecret": "/admin/billing/events/:eventId",
  };
  for (const [path, label] of Object.entries(labels)) expect(labelOf(path), path).toBe(label);
});

test("an address that no route names falls to the nearest route that takes anything", () => {
  expect(labelOf("/t/acme/what/anybody/types")).toBe("/t/:tenant/*");
  expect(labelOf("/t/acme/chat/one/two/three")).toBe("/t/:tenant/*");
  expect(labelOf("/wp-login.php")).toBe("/*");
  expect(labelOf("/t")).toBe("/*");
  expect(pageLabels({})("/anything")).toBe("/*");
});

test("the data of a page has the page's name", () => {
  expect(labelOf("/_root.data")).toBe("/");
  expect(labelOf("/t/acme/chat.data")).toBe("/t/:tenant/chat");
  expect(labelOf("/__manifest")).toBe("/__manifest");
});
