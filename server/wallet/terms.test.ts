import fc from "fast-check";
import { expect, test } from "vitest";
import { centsOf, exactDollars, roundDollars } from "./terms";

test("money is shown with its thousands, and small costs as they are", () => {
  expect(exactDollars("1234560000000")).toBe("$1,234.56");
  expect(exactDollars(45_000n)).toBe("$0.000045");
  expect(exactDollars("-2500000001")).toBe("-$2.500000001");
  expect(exactDollars(0n)).toBe("$0.00");
});

test("money to the cent is cut towards zero, and never below a cent to nothing", () => {
  expect(roundDollars("4999955000")).toBe("$4.99");
  expect(roundDollars("-4999955000")).toBe("-$4.99");
  expect(roundDollars("9999999")).toBe("$0.009999999");
  expect(roundDollars("1000000000000000000")).toBe("$1,000,000,000.00");
});

test("whole cents are rounded down, also below zero", () => {
  expect(centsOf(19_999_999n)).toBe(1n);
  expect(centsOf(-1n)).toBe(-1n);
  expect(centsOf(-20_000_000n)).toBe(-2n);
});

test("exact money says the amount, whatever it is", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nano) => {
      const [whole = "", fraction = ""] = exactDollars(nano).replace(/[$,]/g, "").split(".");
      expect(BigInt(whole.replace("-", "") + fraction.padEnd(9, "0"))).toBe(nano < 0n ? -nano : nano);
      expect(whole.startsWith("-")).toBe(nano < 0n);
    }),
  );
});
