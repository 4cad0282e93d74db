// What the tenants' procedures take.

import { z } from "zod";
import { EmailAddress, PrintableName } from "../auth/contract";
import {
  AUDIT_ROWS_PER_PAGE,
  AUDIT_ROWS_PER_PAGE_MAX,
  BILLING_CONTACTS_MAX,
  FEATURES,
  METADATA_KEY_LENGTH_MAX,
  METADATA_VALUE_LENGTH_MAX,
  PLAN_METADATA_MAX,
  RETENTION_DAYS_MAX,
  SLUG,
  TENANT_NAME_LENGTH_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from "./terms";

export const TenantName = PrintableName.max(TENANT_NAME_LENGTH_MAX);

export const CreateTenant = z.strictObject({ name: TenantName });
export type CreateTenant = z.output<typeof CreateTenant>;

const PlanMetadata = z
  .record(PrintableName.max(METADATA_KEY_LENGTH_MAX), PrintableName.max(METADATA_VALUE_LENGTH_MAX))
  .refine((pairs) => Object.keys(pairs).length <= PLAN_METADATA_MAX, `At most ${PLAN_METADATA_MAX} lines.`);

/** As the database counts: an integer of 32 bits. */
export const SettingsVersion = z.int().min(1).max(2_147_483_647);

/** What is absent stays as it is; `version` is the one these settings were read with. */
export const UpdateSettings = z.strictObject({
  version: SettingsVersion,
  name: TenantName.optional(),
  billingContacts: z
    .array(EmailAddress)
    .max(BILLING_CONTACTS_MAX, `At most ${BILLING_CONTACTS_MAX} addresses.`)
    .transform((addresses) => [...new Set(addresses)])
    .optional(),
  billingWebhookUrl: z.string().trim().max(WEBHOOK_URL_LENGTH_MAX).nullable().optional(),
  planMetadata: PlanMetadata.optional(),
  features: z.partialRecord(z.enum(FEATURES), z.boolean()).optional(),
  /** Null keeps conversations for good. */
  retentionDays: z.int().min(1).max(RETENTION_DAYS_MAX).nullable().optional(),
});
export type UpdateSettings = z.output<typeof UpdateSettings>;

export const ChangeSlug = z.strictObject({
  slug: z
    .string()
    .trim()
    .toLowerCase()
    .regex(SLUG, "Use 1 to 48 letters a-z, digits and hyphens; no hyphen at either end."),
});
export type ChangeSlug = z.output<typeof ChangeSlug>;

const day = z.iso.date("Enter a day as 2026-01-31.");
const auditCursor = z.string().min(1).max(200).optional();

export const TenantAuditQuery = z.strictObject({
  /** The id of who acted. */
  actor: z
    .string()
    .trim()
    .regex(/^[\w-]{1,64}$/, "This is not a valid id.")
    .optional(),
  /** The beginning of an action: "member." finds "member.join". */
  action: z
    .string()
    .trim()
    .regex(/^[a-z_.-]{1,60}$/, "Enter the beginning of an action, such as member.")
    .optional(),
  /** Days in UTC, both included. */
  from: day.optional(),
  to: day.optional(),
});
export type TenantAuditQuery = z.output<typeof TenantAuditQuery>;

export const ListTenantAudit = TenantAuditQuery.extend({
  cursor: auditCursor,
  limit: z.int().min(1).max(AUDIT_ROWS_PER_PAGE_MAX).default(AUDIT_ROWS_PER_PAGE),
}).prefault({});
export type ListTenantAudit = z.output<typeof ListTenantAudit>;

export const ExportTenantAudit = TenantAuditQuery.extend({ cursor: auditCursor });
export type ExportTenantAudit = z.output<typeof ExportTenantAudit>;
