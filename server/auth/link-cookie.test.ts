import { afterEach, expect, test } from "vitest";
import { resetConfig } from "../platform/config";
import { blankLinkCookie, linkCookie, readLink } from "./link-cookie";

process.env["DATABASE_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
process.env["DATABASE_PLATFORM_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";

const TOKEN = "t".repeat(43);

afterEach(() => {
  process.env["APP_URL"] = "http://localhost:3000";
  resetConfig();
});

test("a link's secret waits a quarter of an hour where no script reads it, each kind in a cookie of its own", () => {
  expect(linkCookie("reset", TOKEN)).toBe(`reset=${TOKEN}; Max-Age=900; Path=/; HttpOnly; SameSite=Lax`);
  expect(linkCookie("invite", TOKEN)).toBe(`invite=${TOKEN}; Max-Age=900; Path=/; HttpOnly; SameSite=Lax`);
  expect(readLink("reset", `reset=${TOKEN}; invite=other`)).toBe(TOKEN);
  expect(readLink("invite", `reset=${TOKEN}`)).toBeNull();
  expect(readLink("reset", null)).toBeNull();
  expect(blankLinkCookie("reset")).toMatch(/^reset=; Max-Age=0;/);
  expect(blankLinkCookie("invite")).toMatch(/^invite=; Max-Age=0;/);
});

test("over https it is bound to this host", () => {
  process.env["APP_URL"] = "https://parley.example";
  resetConfig();
  expect(linkCookie("reset", TOKEN)).toMatch(/^__Host-reset=t+; Max-Age=900; Path=\/; HttpOnly; Secure; /);
  expect(readLink("reset", `reset=${TOKEN}`)).toBeNull();
});

test("what is no secret is neither kept nor read", () => {
  expect(linkCookie("reset", "a; Domain=evil.example")).toMatch(/^reset=invalid;/);
  expect(readLink("invite", "invite=%0d%0aset-cookie")).toBeNull();
});
