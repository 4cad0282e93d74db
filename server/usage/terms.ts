// Words and limits of use. Pure: pages may import it.

/** What a summary of use can be broken down by. */
export const USAGE_GROUPS = ["day", "model", "member", "conversation"] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** Days in UTC that one summary or file spans at most, both ends included. */
export const USAGE_DAYS_MAX = 366;
/** Days that a summary spans when nothing else is asked for; the last one is today. */
export const USAGE_DAYS = 30;
/** The most used members, models or conversations of a summary; what remains is summed. */
export const USAGE_ROWS_MAX = 20;
/** Answers whose costs can be asked for at once. */
export const COSTS_MAX = 100;
/** Files of use that a person can begin in an hour. */
export const USAGE_EXPORTS_PER_HOUR = 10;

export const USAGE_FORMATS = ["csv", "json"] as const;
export type UsageFormat = (typeof USAGE_FORMATS)[number];

/** How often the status line asks, and at most how long it waits while it is not answered. */
export const STATUS_EVERY_SECONDS = 30;
export const STATUS_WAIT_SECONDS_MAX = 300;

export const TEXT_RANGE_TURNED = "The last day lies before the first one.";
export const TEXT_RANGE_LONG = `At most ${USAGE_DAYS_MAX} days at once.`;

/** A count in few letters: 999, "1.2K", "34M"; rounded down, so that nothing reads as reached before it is. */
export function shortCount(count: number): string {
  for (const [size, suffix] of [
    [1_000_000_000, "B"],
    [1_000_000, "M"],
    [1_000, "K"],
  ] as const) {
    if (count < size) continue;
    const tenths = Math.floor((count * 10) / size);
    return tenths < 100 && tenths % 10 !== 0
      ? `${tenths / 10}${suffix}`
      : `${Math.floor(tenths / 10)}${suffix}`;
  }
  return String(count);
}
