// What the operators' procedures take.

import { z } from "zod";
import { AUDIT_CATEGORIES } from "../audit/terms";
import { PasswordInput } from "../auth/contract";
import { PLATFORM_ROLES } from "../auth/terms";
import { Id, isStorable, reasonText, TEXT_UNSTORABLE } from "../platform/contract";
import {
  AUDIT_FILTER_LENGTH_MAX,
  AUDIT_PAGE_SIZE,
  AUDIT_PAGE_SIZE_MAX,
  COST_GROUPS,
  REASON_LENGTH_MAX,
  REASON_LENGTH_MIN,
  RESERVE_SORTS,
  SEARCH_LENGTH_MAX,
  TENANTS_PAGE_SIZE,
  TENANTS_PAGE_SIZE_MAX,
  USER_SORTS,
  USER_STATES,
  USERS_PAGE_SIZE,
  USERS_PAGE_SIZE_MAX,
} from "./terms";

const searchText = z.string().trim().max(SEARCH_LENGTH_MAX).refine(isStorable, TEXT_UNSTORABLE);

// A link or a filter form says "true" or "false".
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

const reason = reasonText(REASON_LENGTH_MIN, REASON_LENGTH_MAX);

export const NameUser = z.strictObject({ userId: Id });
export type NameUser = z.output<typeof NameUser>;

/** What harms somebody needs a reason. */
export const HarmUser = NameUser.extend({ reason });
export type HarmUser = z.output<typeof HarmUser>;

export const SetRole = HarmUser.extend({ role: z.enum(PLATFORM_ROLES) });
export type SetRole = z.output<typeof SetRole>;

export const ResetPassword = HarmUser.extend({ password: PasswordInput });
export type ResetPassword = z.output<typeof ResetPassword>;

export const ListUsers = z
  .strictObject({
    /** A part of the address or of the name, or a whole id. */
    search: searchText.optional(),
    status: z.enum(USER_STATES).optional(),
    role: z.enum(PLATFORM_ROLES).optional(),
    isVerified: flag.optional(),
    hasSecondFactor: flag.optional(),
    sort: z.enum(USER_SORTS).default("newest"),
    page: z.number().int().min(1).max(100_000).default(1),
    pageSize: z.number().int().min(1).max(USERS_PAGE_SIZE_MAX).default(USERS_PAGE_SIZE),
  })
  .prefault({});
export type ListUsers = z.output<typeof ListUsers>;

export const NameTenant = z.strictObject({ tenantId: Id });

export const ReserveQuery = z
  .strictObject({
    /** A part of the workspace's name or address, or a whole id. */
    search: searchText.optional(),
    sort: z.enum(RESERVE_SORTS).default("lowest"),
    page: z.number().int().min(1).max(100_000).default(1),
    pageSize: z.number().int().min(1).max(TENANTS_PAGE_SIZE_MAX).default(TENANTS_PAGE_SIZE),
  })
  .prefault({});
export type ReserveQuery = z.output<typeof ReserveQuery>;

export const ListHolds = z
  .strictObject({
    tenantId: Id.optional(),
    page: z.number().int().min(1).max(100_000).default(1),
  })
  .prefault({});
export type ListHolds = z.output<typeof ListHolds>;

export const ListTenants = z
  .strictObject({
    /** A part of the name or of the address, or a whole id. */
    search: searchText.optional(),
    page: z.number().int().min(1).max(100_000).default(1),
    pageSize: z.number().int().min(1).max(TENANTS_PAGE_SIZE_MAX).default(TENANTS_PAGE_SIZE),
  })
  .prefault({});
export type ListTenants = z.output<typeof ListTenants>;

export const NameRequest = z.strictObject({ requestId: Id });
export const RejectRequest = NameRequest.extend({ reason });
export const NameInvite = z.strictObject({ inviteId: Id });

/** What an operator says who tries out or replays what Stripe told. */
export const ReplayForm = z.discriminatedUnion("intent", [
  z.strictObject({ intent: z.literal("preview") }),
  z.strictObject({ intent: z.literal("replay"), reason }),
]);

const auditFilter = z.string().trim().min(1).max(AUDIT_FILTER_LENGTH_MAX).refine(isStorable, TEXT_UNSTORABLE);
const day = z.iso.date("Enter a day as 2026-01-31.");

export const AuditQuery = z.strictObject({
  /** A person's address or id. */
  actor: auditFilter.optional(),
  /** The beginning of an action: "user." finds "user.lock". */
  action: auditFilter.optional(),
  category: z.enum(AUDIT_CATEGORIES).optional(),
  targetType: auditFilter.optional(),
  /** The id of what was acted on, or a person's address. */
  target: auditFilter.optional(),
  /** Days in UTC, both included. */
  from: day.optional(),
  to: day.optional(),
});
export type AuditQuery = z.output<typeof AuditQuery>;

export const CostsQuery = z
  .strictObject({
    /** Days in UTC, both included; the last 30 unless told. */
    from: day.optional(),
    to: day.optional(),
    groupBy: z.enum(COST_GROUPS).default("day"),
  })
  .prefault({});
export type CostsQuery = z.output<typeof CostsQuery>;

const auditCursor = z.string().min(1).max(200).optional();

export const ListAudit = AuditQuery.extend({
  cursor: auditCursor,
  limit: z.number().int().min(1).max(AUDIT_PAGE_SIZE_MAX).default(AUDIT_PAGE_SIZE),
}).prefault({});
export type ListAudit = z.output<typeof ListAudit>;

export const ExportAudit = AuditQuery.extend({ cursor: auditCursor });
export type ExportAudit = z.output<typeof ExportAudit>;
