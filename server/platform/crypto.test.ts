import { expect, test } from "vitest";
import { hmac, open, seal, timingSafeEqual } from "./crypto";

// Keys come from the whole configuration, which names a database; nothing connects to it here.
process.env["DATABASE_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
process.env["DATABASE_PLATFORM_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";

test("a sealed value opens in its own place", () => {
  const envelope = seal("encryptionKeys", "sessions|ip|1", Buffer.from("203.0.113.9"));
  expect(open("encryptionKeys", "sessions|ip|1", envelope).toString()).toBe("203.0.113.9");
});

test("a sealed value neither opens in another row, nor under another ring, nor with a flipped bit", () => {
  const envelope = seal("encryptionKeys", "sessions|ip|1", Buffer.from("203.0.113.9"));
  expect(() => open("encryptionKeys", "sessions|ip|2", envelope)).toThrow();
  expect(() => open("passwordPeppers", "sessions|ip|1", envelope)).toThrow();
  for (let index = 0; index < envelope.length; index += 1) {
    const changed = Buffer.from(envelope);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => open("encryptionKeys", "sessions|ip|1", changed)).toThrow();
  }
});

test("the same value is sealed differently each time", () => {
  const seals = Array.from({ length: 50 }, () =>
    seal("encryptionKeys", "x", Buffer.from("same")).toString("hex"),
  );
  expect(new Set(seals).size).toBe(50);
});

test("pseudonyms are stable and separate by label", () => {
  expect(hmac("email", "a@example.test")).toBe(hmac("email", "a@example.test"));
  expect(hmac("email", "a@example.test")).not.toBe(hmac("ip", "a@example.test"));
});

test("values of unequal length are unequal", () => {
  expect(timingSafeEqual(Buffer.from("ab"), Buffer.from("abc"))).toBe(false);
});
