// Words of the audit log that both sides may know.

export const AUDIT_CATEGORIES = ["auth", "signup", "tenant", "chat", "billing", "admin", "system"] as const;
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number];

export const AUDIT_ACTOR_TYPES = ["user", "system", "operator", "service_account"] as const;
export type AuditActorType = (typeof AUDIT_ACTOR_TYPES)[number];

export const AUDIT_RESULTS = ["success", "failure"] as const;
export type AuditResult = (typeof AUDIT_RESULTS)[number];
