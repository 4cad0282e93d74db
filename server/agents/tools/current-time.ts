// The clock, in any time zone.

import { z } from "zod";
import { now } from "../../platform/clock";
import { defineTool, ToolRefusal } from "../tool";

export const currentTime = defineTool({
  name: "current_time",
  label: "Current time",
  description: "The current date and time, in the person's time zone or in a named IANA time zone.",
  isCore: true,
  agents: [],
  capabilities: ["clock"],
  isIdempotent: true,
  parameters: z.object({
    timeZone: z
      .string()
      .max(64)
      .nullable()
      .describe("IANA time zone such as Europe/Berlin; null for the person's own"),
  }),
  run: async ({ timeZone }, context) => describeInstant(now(), timeZone ?? context.timeZone),
});

/** An instant as a person in that time zone reads it, beside its ISO form. */
function describeInstant(instant: Date, timeZone: string) {
  assertTimeZone(timeZone);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, ...options });
  const offset = format({ timeZoneName: "longOffset" })
    .formatToParts(instant)
    .find((part) => part.type === "timeZoneName");
  return {
    utc: instant.toISOString(),
    timeZone,
    date: format({ dateStyle: "full" }).format(instant),
    time: format({ timeStyle: "medium" }).format(instant),
    utcOffset: offset?.value.replace("GMT", "") || "+00:00",
  };
}

function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone });
  } catch {
    throw new ToolRefusal(`Unknown time zone: ${timeZone}. Use an IANA name such as Europe/Berlin.`);
  }
}
