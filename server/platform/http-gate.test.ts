import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { isAllowedHost, isOwnPage, requestedHost } from "./http-gate";

const OWN = ["https://chat.example.com"];

function request(method: string, headers: Record<string, string>, socket: object = {}): IncomingMessage {
  return { method, headers, socket } as unknown as IncomingMessage;
}

const post = (headers: Record<string, string>) => isOwnPage(request("POST", headers), OWN);
const get = (headers: Record<string, string>) => isOwnPage(request("GET", headers), OWN);

test("a change comes from a page of the same origin, by what the browser says first", () => {
  expect(post({ "sec-fetch-site": "same-origin" })).toBe(true);
  for (const site of ["cross-site", "same-site", "none"]) {
    expect(post({ "sec-fetch-site": site, origin: "https://chat.example.com" })).toBe(false);
  }
});

test("without fetch metadata the origin decides, exactly", () => {
  expect(post({ origin: "https://chat.example.com" })).toBe(true);
  for (const origin of [
    "null",
    "http://chat.example.com",
    "https://chat.example.com.evil.example",
    "https://chat.example.com:8443",
  ]) {
    expect(post({ origin, referer: "https://chat.example.com/login" })).toBe(false);
  }
});

test("without an origin the referer decides, and without both nothing changes", () => {
  expect(post({ referer: "https://chat.example.com/login?x=1" })).toBe(true);
  expect(post({ referer: "https://evil.example/https://chat.example.com" })).toBe(false);
  expect(post({ referer: "nonsense" })).toBe(false);
  expect(post({ cookie: "sid=1" })).toBe(false);
  expect(post({})).toBe(false);
});

test("a bearer token needs no page, unless a cookie comes along", () => {
  expect(post({ authorization: "Bearer abc" })).toBe(true);
  expect(post({ authorization: "Bearer abc", cookie: "sid=1" })).toBe(false);
  expect(post({ authorization: "Basic abc" })).toBe(false);
});

test("a read is refused only when it says that another site's script asks", () => {
  expect(get({})).toBe(true);
  expect(get({ "sec-fetch-site": "none" })).toBe(true);
  expect(get({ "sec-fetch-site": "same-origin", origin: "https://127.0.0.1" })).toBe(true);
  expect(get({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).toBe(true);
  expect(get({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" })).toBe(false);
  expect(get({ origin: "https://evil.example" })).toBe(false);
});

test("only listed hosts are served, and a port is part of the host", () => {
  const req = request("GET", {}, { remoteAddress: "203.0.113.9", localPort: 3000 });
  expect(isAllowedHost("chat.example.com", ["chat.example.com"], req)).toBe(true);
  expect(isAllowedHost("chat.example.com:81", ["chat.example.com"], req)).toBe(false);
  expect(isAllowedHost("localhost:3000", ["chat.example.com"], req)).toBe(false);
});

test("the machine's own probes may say localhost with the port that listens", () => {
  const req = request("GET", {}, { remoteAddress: "::ffff:127.0.0.1", localPort: 3000 });
  expect(isAllowedHost("localhost:3000", ["chat.example.com"], req)).toBe(true);
  expect(isAllowedHost("localhost:3001", ["chat.example.com"], req)).toBe(false);
  expect(isAllowedHost("evil.example:3000", ["chat.example.com"], req)).toBe(false);
});

test("a forwarded host counts from a trusted proxy alone, and odd hosts are none", () => {
  const req = request("GET", { host: "inside:3000", "x-forwarded-host": "Chat.Example.com" });
  expect(requestedHost(req, true)).toBe("chat.example.com");
  expect(requestedHost(req, false)).toBe("inside:3000");
  for (const host of ["", "a b", "a/b", "a@b", "evil.example\r\nx: y"]) {
    expect(requestedHost(request("GET", { host }), false)).toBeNull();
  }
});
