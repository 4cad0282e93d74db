import { expect, test } from "vitest";
import { makeRun } from "../../../tests/factories/runs";
import { makeTenant } from "../../../tests/factories/tenants";
import type { ClaimedRun } from "../owner/claims";
import { buildPrompt } from "./prompt";

const MODEL = { id: "fake-1", label: "Fake", contextTokens: 200_000, maxOutputTokens: 1_000 };

test("a conversation with more turns than are read says that it is trimmed, one with fewer does not", async () => {
  const { scope } = await makeTenant();
  for (const [turns, isTrimmed] of [
    [1_999, false],
    [2_001, true],
  ] as const) {
    const run = await makeRun(scope, "and now?", { history: Array.from({ length: turns }, () => "so") });
    const prompt = await buildPrompt({ ...run, scope } as unknown as ClaimedRun, MODEL, "");
    expect(prompt.isTrimmed).toBe(isTrimmed);
    expect(prompt.items).toHaveLength(2_000);
  }
});
