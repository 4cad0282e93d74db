// What a new owner does first: calls that the last owner began and could not finish have been made, so they are recorded
// with what they must have used.

import { estimateTokens } from "../../platform/tokens";
import type { Standing } from "../standing";
import type { StartedModelStep } from "./rows";
import type { RunJournal } from "./run-journal";

/** Records each abandoned call once: its prompt as estimated at its start, its answer as far as it was shown. */
export async function closeAbandonedSteps(journal: RunJournal, standing: Standing): Promise<void> {
  for (const step of journal.abandoned) {
    const shownByStep = standing.shown.text.slice(standing.base.text.length + journal.finishedTextLength);
    await journal.closeAbandoned(step, abandonedCall(step, shownByStep));
  }
}

function abandonedCall(step: StartedModelStep, shown: string) {
  return {
    inputTokens: step.inputTokens,
    outputTokens: estimateTokens(shown),
    cachedInputTokens: 0,
    reasoningTokens: 0,
    latencyMs: Math.max(Date.now() - step.startedAt.getTime(), 0),
    firstTokenMs: null,
    outcome: "aborted" as const,
    source: "estimate" as const,
  };
}
