// What the procedures of use take and answer. Amounts are decimal text of nano; days are in UTC.

import { z } from "zod";
import { Id } from "../platform/contract";
import {
  COSTS_MAX,
  TEXT_RANGE_LONG,
  TEXT_RANGE_TURNED,
  USAGE_DAYS_MAX,
  USAGE_FORMATS,
  USAGE_GROUPS,
} from "./terms";

const DAY_MS = 86_400_000;
const CURSOR_LENGTH_MAX = 400;

// The calendar of the database has no year 0.
const day = z.iso.date("Enter a day as 2026-01-31.").regex(/^[12]\d{3}/, "Enter a day as 2026-01-31.");

const range = { from: day.optional(), to: day.optional() };

function checkRange(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  ctx: z.RefinementCtx,
) {
  if (from === undefined || to === undefined) return;
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  const message = days < 1 ? TEXT_RANGE_TURNED : days > USAGE_DAYS_MAX ? TEXT_RANGE_LONG : null;
  if (message !== null) ctx.addIssue({ code: "custom", path: ["to"], message });
}

/** Both days are included; without them the last thirty days. */
export const UsageSummary = z
  .strictObject({ ...range, groupBy: z.enum(USAGE_GROUPS).default("day") })
  .superRefine(checkRange)
  .prefault({});
export type UsageSummary = z.output<typeof UsageSummary>;

/** The range of a page's address. */
export const UsageRange = z.strictObject(range).superRefine(checkRange);

/** The file of a page's address. */
export const UsageFile = z
  .strictObject({ ...range, format: z.enum(USAGE_FORMATS).default("csv") })
  .superRefine(checkRange);

export const ExportUsage = z
  .strictObject({
    ...range,
    format: z.enum(USAGE_FORMATS).default("csv"),
    cursor: z.string().min(1).max(CURSOR_LENGTH_MAX).optional(),
  })
  .superRefine(checkRange)
  .prefault({});
export type ExportUsage = z.output<typeof ExportUsage>;

export const MessageReceipt = z.strictObject({ messageId: Id });
export type MessageReceipt = z.output<typeof MessageReceipt>;

export const MessageCosts = z.strictObject({ messageIds: z.array(Id).min(1).max(COSTS_MAX) });
export type MessageCosts = z.output<typeof MessageCosts>;
