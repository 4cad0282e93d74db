import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalOfNano, minorOfNano, NANO_MAX, nanoOfDecimal, nanoOfMinor, nanoPerMillion } from "./money";

const anyNano = fc.bigInt({ min: -NANO_MAX, max: NANO_MAX });

test("nano written as a decimal is read as the same nano", () => {
  fc.assert(fc.property(anyNano, (nano) => nanoOfDecimal(decimalOfNano(nano)) === nano));
});

test("any text is an exact amount or is refused", () => {
  const digits = fc.stringMatching(/^-?\d{0,12}\.?\d{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(digits, fc.string()), (text) => {
      const nano = nanoOfDecimal(text);
      if (nano === null) return true;
      const [whole = "", fraction = ""] = text.replace("-", "").split(".");
      const exact = BigInt(whole) * 10n ** 18n + BigInt(fraction.padEnd(18, "0"));
      return (nano < 0n ? -nano : nano) * 10n ** 9n === exact;
    }),
  );
});

test.each([
  ["0.15", 1_000_000, 150_000_000n],
  ["0.03", 1_000, 30_000_000_000n],
  ["0.06", 1_000, 60_000_000_000n],
  ["0", 1, 0n],
])("%s per %i units is exact", (price, per, nano) => {
  expect(nanoPerMillion(price, per)).toBe(nano);
});

test.each([
  ["-0.03", 1_000],
  ["-0", 1_000],
  ["0.0000000000000001", 1_000_000],
  ["1", 3],
  ["1", 0],
  ["1", 1.5],
  ["NaN", 1],
  ["1e3", 1],
  ["Infinity", 1],
  ["", 1],
  ["0x10", 1],
  ["9999999999", 1],
])("%s per %d units is refused", (price, per) => {
  expect(nanoPerMillion(price, per)).toBeNull();
});

test.each([
  [1_250, "usd", 12_500_000_000n],
  [1_250, "JPY", 1_250_000_000_000n],
  [1_250, "kwd", 1_250_000_000n],
  [-1, "EUR", -10_000_000n],
])("%d of the smallest unit of %s is exact, and comes back", (amount, currency, nano) => {
  expect(nanoOfMinor(amount, currency)).toBe(nano);
  expect(minorOfNano(nano, currency)).toBe(amount);
  expect(minorOfNano(nano + 1n, currency)).toBeNull();
});

test("a price is exactly what its text says, or is refused", () => {
  const price = fc.stringMatching(/^-?\d{1,4}(\.\d{1,14})?$/);
  fc.assert(
    fc.property(price, fc.integer({ min: 1, max: 1_000_000 }), (text, per) => {
      const nano = nanoPerMillion(text, per);
      if (text.startsWith("-")) return nano === null;
      const [whole = "", fraction = ""] = text.split(".");
      const exact = BigInt(whole + fraction) * 10n ** 15n;
      const scale = 10n ** BigInt(fraction.length) * BigInt(per);
      return nano === null ? exact % scale !== 0n || exact / scale > NANO_MAX : nano * scale === exact;
    }),
  );
});
