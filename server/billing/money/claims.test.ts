import fc from "fast-check";
import { expect, test } from "vitest";
import { type Claim, type Correction, correctionsOf, mergeClaims } from "./claims";

const CREDITED_NANO = 100n;

const Drawn = fc.array(
  fc.record({
    isDispute: fc.boolean(),
    amount: fc.integer({ min: 0, max: 130 }),
    day: fc.integer({ min: 1, max: 5 }),
    isReturned: fc.boolean(),
  }),
  { maxLength: 6 },
);

/** Claims as Stripe has them in the end. */
function claimsFrom(
  drawn: { isDispute: boolean; amount: number; day: number; isReturned: boolean }[],
): Claim[] {
  return drawn.map(({ isDispute, amount, day, isReturned }, n) => ({
    id: `${isDispute ? "dp" : "re"}_${n}`,
    isDispute,
    isReturned,
    amountNano: BigInt(amount),
    takenNano: 0n,
    entries: 0,
    createdAt: new Date(Date.UTC(2026, 0, day)),
  }));
}

/** The books of one payment: each correction changes one claim, and never takes more than was given. */
function books() {
  let claims: Claim[] = [];
  const booked: Correction[] = [];
  return {
    booked,
    hear(heard: readonly Claim[]) {
      claims = mergeClaims(claims, heard);
      for (const correction of correctionsOf(claims, CREDITED_NANO)) {
        booked.push(correction);
        const { id } = correction.claim;
        claims = claims.map((claim) =>
          claim.id === id ? { ...claim, takenNano: claim.takenNano - correction.amountNano } : claim,
        );
        const taken = claims.reduce((sum, { takenNano }) => sum + takenNano, 0n);
        expect(taken <= CREDITED_NANO && claims.every(({ takenNano }) => takenNano >= 0n)).toBe(true);
      }
    },
    taken: () => claims.map(({ id, takenNano }) => [id, takenNano]),
  };
}

test("in whatever order, however often and however late claims are heard of, the books end alike and never take too much", () => {
  fc.assert(
    fc.property(Drawn, fc.infiniteStream(fc.nat()), (drawn, rolls) => {
      const final = claimsFrom(drawn);
      const straight = books();
      straight.hear(final);
      const crooked = books();
      const roll = (sides: number) => (rolls.next().value ?? 0) % sides;
      for (let round = 0; round < 8; round += 1) {
        // Some of the claims, each as it was at some time: before it was returned, or after.
        const heard = final.filter(() => roll(2) === 0);
        crooked.hear(heard.map((claim) => ({ ...claim, isReturned: claim.isReturned && roll(2) === 0 })));
      }
      crooked.hear(final);
      crooked.hear(final.map((claim) => ({ ...claim, isReturned: false })));
      expect(crooked.taken()).toEqual(straight.taken());
    }),
    { numRuns: 500 },
  );
});

test("what was won or failed gives back exactly what was taken for it", () => {
  fc.assert(
    fc.property(Drawn, (drawn) => {
      const final = claimsFrom(drawn);
      const { booked, hear } = books();
      hear(final.map((claim) => ({ ...claim, isReturned: false })));
      hear(final.map((claim) => ({ ...claim, isReturned: true })));
      for (const { id } of final) {
        const moves = booked.filter(({ claim }) => claim.id === id).map(({ amountNano }) => amountNano);
        expect(moves.reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
      }
    }),
  );
});

test("a refund that a dispute left no room for is taken when the dispute is won", () => {
  const [refund, dispute] = claimsFrom([
    { isDispute: false, amount: 60, day: 2, isReturned: false },
    { isDispute: true, amount: 100, day: 1, isReturned: false },
  ]) as [Claim, Claim];
  const { booked, hear, taken } = books();
  hear([dispute]);
  hear([refund]);
  expect(taken()).toEqual([
    ["dp_1", 100n],
    ["re_0", 0n],
  ]);
  hear([{ ...dispute, isReturned: true }]);
  expect(booked.map(({ claim, amountNano }) => [claim.id, amountNano])).toEqual([
    ["dp_1", -100n],
    ["dp_1", 100n],
    ["re_0", -60n],
  ]);
});
