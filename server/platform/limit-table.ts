// Every limit that requests are counted against, by name. Scope says whose counter it is: the caller's address, the
// signed-in person, or the tenant. Limits per account or address book entry are counted by the room that knows the key.

export type LimitScope = "ip" | "user" | "tenant";

interface LimitRule {
  points: number;
  windowSeconds: number;
  scope: LimitScope;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const LIMITS = {
  "login.ip": { points: 10, windowSeconds: 15 * MINUTE, scope: "ip" },
  "register.ip.hour": { points: 20, windowSeconds: HOUR, scope: "ip" },
  "register.ip.day": { points: 100, windowSeconds: DAY, scope: "ip" },
  "mfa.ip": { points: 60, windowSeconds: HOUR, scope: "ip" },
  "resend.ip": { points: 10, windowSeconds: HOUR, scope: "ip" },
  "verify.ip": { points: 30, windowSeconds: HOUR, scope: "ip" },
  "forgot.ip": { points: 20, windowSeconds: HOUR, scope: "ip" },
  "reset.ip": { points: 30, windowSeconds: HOUR, scope: "ip" },
  "invite-check.ip": { points: 10, windowSeconds: HOUR, scope: "ip" },
  "access-request.ip": { points: 10, windowSeconds: HOUR, scope: "ip" },
  "invite-look.ip": { points: 60, windowSeconds: HOUR, scope: "ip" },
  "invite-accept.user": { points: 30, windowSeconds: HOUR, scope: "user" },
  "member-invite.user": { points: 60, windowSeconds: HOUR, scope: "user" },
  "member-invite.tenant": { points: 200, windowSeconds: HOUR, scope: "tenant" },
  "member-change.user": { points: 120, windowSeconds: HOUR, scope: "user" },
  "tenant-create.user": { points: 10, windowSeconds: HOUR, scope: "user" },
  "tenant-settings.user": { points: 60, windowSeconds: HOUR, scope: "user" },
  "tenant-delete.user": { points: 20, windowSeconds: HOUR, scope: "user" },
  "tenant-slug.tenant": { points: 10, windowSeconds: DAY, scope: "tenant" },
  "billing-change.user": { points: 120, windowSeconds: HOUR, scope: "user" },
  "billing-stream.tenant": { points: 20, windowSeconds: MINUTE, scope: "tenant" },
  "limit-ask.user": { points: 20, windowSeconds: HOUR, scope: "user" },
  "conversation-create.user": { points: 300, windowSeconds: MINUTE, scope: "user" },
  "chat.user": { points: 60, windowSeconds: MINUTE, scope: "user" },
  "chat.tenant": { points: 600, windowSeconds: MINUTE, scope: "tenant" },
  "stream.user": { points: 30, windowSeconds: MINUTE, scope: "user" },
  // Every answer that a workspace may ask for can be watched.
  "stream.tenant": { points: 600, windowSeconds: MINUTE, scope: "tenant" },
  "search.user": { points: 120, windowSeconds: MINUTE, scope: "user" },
  "operator.user": { points: 120, windowSeconds: HOUR, scope: "user" },
  "support-decide.user": { points: 60, windowSeconds: HOUR, scope: "user" },
  "support-look.user": { points: 600, windowSeconds: HOUR, scope: "user" },
  "system-look.user": { points: 60, windowSeconds: MINUTE, scope: "user" },
  "export.user": { points: 5, windowSeconds: HOUR, scope: "user" },
  "account-change.user": { points: 60, windowSeconds: HOUR, scope: "user" },
  // Each asks for mails to an address of the caller's choice.
  "change-email.user": { points: 10, windowSeconds: HOUR, scope: "user" },
  "session-end.user": { points: 120, windowSeconds: HOUR, scope: "user" },
  "profile.user": { points: 60, windowSeconds: HOUR, scope: "user" },
  "data-export.user": { points: 5, windowSeconds: HOUR, scope: "user" },
  "keep-account.ip": { points: 30, windowSeconds: HOUR, scope: "ip" },
  "jwks.ip": { points: 5, windowSeconds: 1, scope: "ip" },
  "machine.user": { points: 1_200, windowSeconds: MINUTE, scope: "user" },
  "machine.tenant": { points: 6_000, windowSeconds: MINUTE, scope: "tenant" },
  "machine-issue.ip": { points: 60, windowSeconds: HOUR, scope: "ip" },
  "machine-refresh.ip": { points: 120, windowSeconds: MINUTE, scope: "ip" },
  "machine-manage.user": { points: 60, windowSeconds: HOUR, scope: "user" },
  "csp-report.ip": { points: 60, windowSeconds: MINUTE, scope: "ip" },
} as const satisfies Record<string, LimitRule>;

export type LimitName = keyof typeof LIMITS;

/**
 * The brake on floods, per address, on everything but hashed files; counted approximately, see `rate-limit-general.ts`.
 * Wide enough for an office of hundreds behind one address.
 */
export const GENERAL_LIMIT = { name: "general.ip", points: 12_000, windowSeconds: MINUTE };
