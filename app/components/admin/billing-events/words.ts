// What becomes of an event, in words.

import type { BadgeTone } from "~/components/ui/badge";
import type { DispatchStatus } from "../../../../server/billing/terms";

export const STATUS_WORDS: Record<DispatchStatus, { label: string; tone: BadgeTone }> = {
  pending: { label: "Waiting", tone: "accent" },
  running: { label: "Under way", tone: "accent" },
  done: { label: "Handled", tone: "success" },
  ignored: { label: "Nothing to do", tone: "secondary" },
  failed: { label: "Failed, tried again", tone: "warning" },
  dead: { label: "Given up", tone: "danger" },
};

/** What is said after a replay. */
export function replayedSentence(items: readonly { after: DispatchStatus; note: string }[]): string {
  if (items.length === 1 && items[0]) return items[0].note;
  const ended = items.filter(({ after }) => after === "done" || after === "ignored").length;
  const open = items.length - ended;
  return open === 0 ? `All ${items.length} ended` : `${ended} ended, ${open} did not`;
}
