// What the procedures of support access take.

import { z } from "zod";
import { Id, isStorable, TEXT_UNSTORABLE } from "../platform/contract";
import { SUPPORT_HOURS, SUPPORT_REASON_LENGTH_MAX, SUPPORT_REASON_LENGTH_MIN, SUPPORT_SCOPES } from "./terms";

const ID_LENGTH_MAX = 64;
const CURSOR_LENGTH_MAX = 200;

const reason = z
  .string({ error: "Say why." })
  .trim()
  .min(SUPPORT_REASON_LENGTH_MIN, `Say why, in at least ${SUPPORT_REASON_LENGTH_MIN} characters.`)
  .max(SUPPORT_REASON_LENGTH_MAX)
  .refine(isStorable, TEXT_UNSTORABLE);

// A form sends digits.
const hours = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,2}$/)
        .transform(Number),
    ],
    { error: "Choose a time." },
  )
  .refine((value) => SUPPORT_HOURS.some((choice) => choice === value), "Choose one of the times.");

const scope = z.enum(SUPPORT_SCOPES, { error: "Choose what may be seen." });

export const AskSupportAccess = z.strictObject({
  /** A workspace's address or id. */
  tenant: z
    .string({ error: "Name the workspace." })
    .trim()
    .toLowerCase()
    .min(1, "Name the workspace.")
    .max(ID_LENGTH_MAX)
    .refine(isStorable, TEXT_UNSTORABLE),
  reason,
  scope: scope.default("metadata"),
  hours: hours.default(1),
});
export type AskSupportAccess = z.output<typeof AskSupportAccess>;

export const NameGrant = z.strictObject({ grantId: Id });
export type NameGrant = z.output<typeof NameGrant>;

/** An admin may grant less than was asked for, never more. */
export const ApproveGrant = NameGrant.extend({ scope, hours });
export type ApproveGrant = z.output<typeof ApproveGrant>;

const cursor = z.string().min(1).max(CURSOR_LENGTH_MAX).optional();

export const InspectConversations = z.strictObject({ cursor }).prefault({});
export type InspectConversations = z.output<typeof InspectConversations>;

export const InspectMessages = z.strictObject({ conversationId: Id, cursor });
export type InspectMessages = z.output<typeof InspectMessages>;
