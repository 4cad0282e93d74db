import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { trustedProxies } from "./http-proxies";

const PROXIES = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"];

function request(peer: string | undefined, forwardedFor?: string): IncomingMessage {
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

test("without trusted proxies the peer is the client, whatever it says", () => {
  const proxies = trustedProxies([]);
  expect(proxies.clientAddress(request("203.0.113.9", "198.51.100.1"))).toBe("203.0.113.9");
  expect(proxies.isTrusted(request("203.0.113.9"))).toBe(false);
});

test("a peer that is no proxy cannot name another client", () => {
  expect(trustedProxies(PROXIES).clientAddress(request("203.0.113.9", "198.51.100.1"))).toBe("203.0.113.9");
});

test("the chain is walked from the right to the first address that is not ours", () => {
  const proxies = trustedProxies(PROXIES);
  expect(proxies.clientAddress(request("10.1.1.1", "198.51.100.1"))).toBe("198.51.100.1");
  expect(proxies.clientAddress(request("10.1.1.1", "6.6.6.6, 198.51.100.1, 10.2.2.2"))).toBe("198.51.100.1");
  expect(proxies.clientAddress(request("2001:db8::1", "6.6.6.6,198.51.100.1,192.0.2.7"))).toBe(
    "198.51.100.1",
  );
});

test("a chain of proxies alone ends at its left-most entry", () => {
  expect(trustedProxies(PROXIES).clientAddress(request("10.1.1.1", "10.9.9.9, 10.8.8.8"))).toBe("10.9.9.9");
});

test("an unreadable entry ends the walk at the last address that was believed", () => {
  const proxies = trustedProxies(PROXIES);
  expect(proxies.clientAddress(request("10.1.1.1", "198.51.100.1, garbage"))).toBe("10.1.1.1");
  expect(proxies.clientAddress(request("10.1.1.1", "garbage, 10.2.2.2"))).toBe("10.2.2.2");
});

test("v4-mapped addresses are v4, and an absent peer is no one", () => {
  expect(trustedProxies([]).clientAddress(request("::ffff:203.0.113.9"))).toBe("203.0.113.9");
  expect(trustedProxies([]).clientAddress(request(undefined))).toBe("0.0.0.0");
});

test("a list that cannot be read stops the start and names the setting", () => {
  for (const entry of ["proxy.example", "10.0.0.0/99"]) {
    expect(() => trustedProxies([entry]), entry).toThrow(/TRUSTED_PROXIES/);
  }
});
