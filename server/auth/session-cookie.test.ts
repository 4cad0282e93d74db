import { afterEach, expect, test } from "vitest";
import { resetConfig } from "../platform/config";
import { networkPrefix } from "./session/device";
import { blankSessionCookie, readSessionToken, sessionCookie } from "./session-cookie";

process.env["DATABASE_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
process.env["DATABASE_PLATFORM_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";

const TOKEN = `${"a".repeat(22)}.${"b".repeat(43)}`;
const expiresAt = new Date("2030-01-01T00:00:00Z");

afterEach(() => {
  process.env["APP_URL"] = "http://localhost:3000";
  resetConfig();
});

test("over https the cookie is bound to this host", () => {
  process.env["APP_URL"] = "https://parley.example";
  resetConfig();
  expect(sessionCookie(TOKEN, { isPersistent: true, expiresAt })).toBe(
    `__Host-sid=${TOKEN}; Path=/; Expires=Tue, 01 Jan 2030 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax`,
  );
  expect(blankSessionCookie()).toMatch(/^__Host-sid=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  expect(readSessionToken(`sid=${TOKEN}`)).toBeNull();
});

test("a token is read back from among other cookies", () => {
  expect(readSessionToken(`theme=dark; sid=${TOKEN}; toast=x`)).toBe(TOKEN);
  expect(readSessionToken(null)).toBeNull();
  expect(readSessionToken("")).toBeNull();
});

test("a cookie that came twice is refused, since one of them was planted", () => {
  for (const header of [`sid=${TOKEN}; sid=${TOKEN}`, `sid=x; sid=${TOKEN}`, `sid=${TOKEN};sid = y`]) {
    expect(readSessionToken(header), header).toBeNull();
  }
});

test("what is no token is not looked up", () => {
  for (const value of ["", "x", `${TOKEN}x`, "a.b", `${"a".repeat(22)}.${"%00".repeat(15)}`, "{}"]) {
    expect(readSessionToken(`sid=${value}`), value).toBeNull();
  }
});

test("addresses are grouped by the network a provider hands out", () => {
  expect(networkPrefix("203.0.113.77")).toBe("203.0.113.0/24");
  expect(networkPrefix("::ffff:203.0.113.9")).toBe("203.0.113.0/24");
  expect(networkPrefix("2001:db8:1:2:aaaa::1")).toBe(networkPrefix("2001:db8:1:2:ffff::9"));
  expect(networkPrefix("2001:db8:1:3::1")).not.toBe(networkPrefix("2001:db8:1:2::1"));
  expect(networkPrefix("unknown")).toBe("unknown");
});
