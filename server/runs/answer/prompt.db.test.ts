import { expect, test } from "vitest";
import { makeConversation, readConversation } from "../../../tests/factories/conversations";
import { makeThread } from "../../../tests/factories/messages";
import { makeTenant } from "../../../tests/factories/tenants";
import type { ClaimedRun } from "../owner/claims";
import { buildPrompt } from "./prompt";

const MODEL = { id: "fake-1", label: "Fake", contextTokens: 200_000, maxOutputTokens: 1_000 };

test("a conversation with more turns than are read says that it is trimmed, one with fewer does not", async () => {
  const { scope } = await makeTenant();
  for (const [count, isTrimmed] of [
    [2_000, false],
    [2_002, true],
  ] as const) {
    const conversationId = await makeConversation(scope);
    await makeThread(scope, conversationId, { count, textSql: "'.'" });
    const { activeLeafId: userMessageId } = await readConversation(scope, conversationId);
    const run = { scope, conversationId, userMessageId } as unknown as ClaimedRun;
    const prompt = await buildPrompt(run, MODEL, "");
    expect(prompt.isTrimmed).toBe(isTrimmed);
    expect(prompt.items).toHaveLength(2_000);
  }
});
