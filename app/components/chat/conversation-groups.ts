// Conversations by age, as a person counts days.

import type { ConversationItem } from "../../../server/chat/contract";

export interface ConversationGroup {
  label: string;
  items: ConversationItem[];
}

const DAY_MS = 86_400_000;
const LABELS = ["Today", "Yesterday", "Previous 7 days", "Older"] as const;

/** Groups in the list's own order; `timeZone` keeps server and browser of one mind. */
export function groupsOf(
  items: readonly ConversationItem[],
  now: Date,
  timeZone: string | undefined,
): ConversationGroup[] {
  const groups = LABELS.map((label): ConversationGroup => ({ label, items: [] }));
  const today = dayOf(now, timeZone);
  for (const item of items) {
    const age = today - dayOf(new Date(item.lastMessageAt), timeZone);
    groups[age <= 0 ? 0 : age === 1 ? 1 : age <= 7 ? 2 : 3]?.items.push(item);
  }
  return groups.filter((group) => group.items.length > 0);
}

/** The number of a calendar day, as the time zone counts it. */
function dayOf(at: Date, timeZone: string | undefined): number {
  const date = new Intl.DateTimeFormat("en-CA", timeZone === undefined ? {} : { timeZone }).format(at);
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}
