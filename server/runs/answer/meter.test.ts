import { expect, test } from "vitest";
import { CallMeter } from "./meter";

test("what is written and not shown is output, and is no speech", () => {
  const meter = new CallMeter(30);
  meter.note("a call of a tool");
  expect(meter.hasBegunToSpeak).toBe(false);
  expect(meter.reading("ok")).toMatchObject({ inputTokens: 30, outputTokens: 4, source: "estimate" });
  meter.hear("four");
  expect(meter.hasBegunToSpeak).toBe(true);
  expect(meter.tokens()).toEqual({ inputTokens: 30, outputTokens: 5, isEstimate: true });
});

test("a call that failed before it spoke used nothing; one that was given up used what it had written", () => {
  const meter = new CallMeter(30);
  meter.note("thinking");
  expect(meter.reading("error")).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  expect(meter.reading("aborted")).toMatchObject({ inputTokens: 30, outputTokens: 2 });
});

test("what the provider tells holds", () => {
  const meter = new CallMeter(30);
  meter.hear("twelve letters and more");
  meter.report({ inputTokens: 7, outputTokens: 5, cachedInputTokens: 1, reasoningTokens: 2 });
  expect(meter.reading("ok")).toMatchObject({ inputTokens: 7, outputTokens: 5, source: "provider_final" });
});
