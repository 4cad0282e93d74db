import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyTranscript, foldEvents } from "../../../server/runs/fold";
import { emptyFold, fold, type RunEvent } from "./run-fold";

const callId = fc.constantFrom("a", "b");
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("delta" as const), text: fc.string() }) },
  fc.record({ type: fc.constant("agent" as const), agent: fc.string(), name: fc.string() }),
  fc.record({
    type: fc.constant("tool" as const),
    callId,
    name: fc.string(),
    phase: fc.constantFrom("started" as const, "finished" as const, "failed" as const),
    output: fc.string(),
  }),
  fc.record({
    type: fc.constant("usage" as const),
    model: fc.string(),
    isEstimate: fc.boolean(),
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
  }),
  fc.record({
    type: fc.constant("reset" as const),
    text: fc.string(),
    activity: fc.constant([]),
    usage: fc.constant({ inputTokens: 0, outputTokens: 0 }),
  }),
  fc.record({ type: fc.constant("error" as const), reason: fc.string(), message: fc.string() }),
) as fc.Arbitrary<RunEvent>;

test("the browser's fold and the server's agree on every sequence of events", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), fc.string(), (events, base) => {
      expect(fold(emptyFold(base), events)).toEqual(foldEvents(events, emptyTranscript({ text: base })));
    }),
  );
});

test("folding in batches ends where folding at once ends", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), fc.nat(30), (events, cut) => {
      const once = fold(emptyFold(), events);
      expect(fold(fold(emptyFold(), events.slice(0, cut)), events.slice(cut))).toEqual(once);
    }),
  );
});
