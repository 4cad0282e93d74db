// What happened, as a sentence without its subject: "Ada Lovelace" + "invited ada@example.com". A deed that is not in the
// table is told by its own name, so nothing is hidden.

import type { TenantAuditItem } from "../../../server/tenants/audit-log";
import { roundDollars } from "../../../server/wallet/terms";

type Said = (facts: Facts) => string;

interface Facts {
  /** Who or what it was done to. */
  target: string;
  /** What it was done to, by its id. */
  id: string;
  /** A fact by name, as text; empty when there is none. */
  of: (name: string) => string;
}

/** What operators do with an adjustment of the reserve. */
const ADJUSTED: Record<string, string> = {
  booked: "adjusted",
  requested: "asked to adjust",
  approved: "approved an adjustment of",
  rejected: "turned down an adjustment of",
};

const SENTENCES: Record<string, Said> = {
  "tenant.create": () => "created the workspace",
  "tenant.update": () => "changed the settings",
  "tenant.change_slug": ({ of }) => `changed the address from /t/${of("slugBefore")} to /t/${of("slug")}`,
  "tenant.rename": () => "named the workspace anew, before its first use",
  "tenant.delete": () => "deleted the workspace",
  "tenant.restore": () => "brought the workspace back",
  "member.join": ({ of }) => `joined as ${of("role") || "member"}`,
  "member.invite": ({ target, of }) => `invited ${target} as ${of("role") || "member"}`,
  "member.resend_invite": ({ target }) => `sent the invitation to ${target} again`,
  "member.copy_invite": ({ target }) => `made a new link for the invitation to ${target}`,
  "member.revoke_invite": ({ target }) => `revoked the invitation to ${target}`,
  "member.set_role": ({ target, of }) => `made ${target} ${of("role") || of("to")}`,
  "member.transfer_ownership": ({ target }) => `handed the workspace to ${target}`,
  "member.remove": ({ target }) => `removed ${target}`,
  "member.readmit": ({ target }) => `let ${target} back in`,
  "member.leave": () => "left the workspace",
  "member.erased": () => "removed a member whose account was deleted",
  "member.inherit_ownership": ({ target }) => `made ${target} owner in place of one who left Parley`,
  "service_account.create": () => "made a machine account",
  "service_account.disable": () => "switched a machine account off",
  "service_account.enable": () => "switched a machine account on",
  "service_account.issue": ({ of }) => `issued a machine token for ${of("account")}`,
  "service_account.refresh": () => "renewed its token",
  "service_account.revoke": ({ of }) => `revoked a machine token of ${of("account")}`,
  "service_account.token_reused": () => "used a token a second time; its family was revoked",
  "service_account.call": ({ id }) => `called ${id}`,
  "conversation.delete": ({ of }) =>
    of("reason") === "retention"
      ? `deleted a conversation that was quiet for more than ${of("days")} days`
      : "deleted a conversation",
  "conversation.restore": () => "brought a conversation back",
  "conversation.export": ({ of }) => `exported a conversation as ${of("format")}`,
  adjust_reserve: ({ of }) => `${ADJUSTED[of("deed")] ?? "adjusted"} the reserve: ${of("reason")}`,
  change_policy: ({ of }) => `set the low-balance policy to ${of("policy")}: ${of("reason")}`,
  override_block: ({ of }) =>
    of("until")
      ? `lifted what blocks calls for a while: ${of("reason")}`
      : `ended a lifted block: ${of("reason")}`,
  limits_changed: ({ target, of }) =>
    `changed ${target === "tenant" ? "the workspace's" : `${target}'s`} monthly limit to ${roundDollars(of("capNano") || "0")}`,
  cap_reached: () => "refused a call at a monthly limit",
  plan_changed: ({ of }) => `changed the plan from ${of("planBefore")} to ${of("plan")}`,
  "reserve.set_policy": ({ of }) => `set what happens at a low reserve to "${of("policy")}"`,
  "reserve.top_up": ({ of }) => `topped the reserve up by ${roundDollars(of("amountNano") || "0")}`,
  "reserve.export": () => "downloaded the ledger",
  "limit_request.ask": ({ of }) => `asked to spend ${roundDollars(of("extraNano") || "0")} more`,
  "limit_request.accept": ({ target }) => `accepted the request of ${target} for a higher limit`,
  "limit_request.decline": ({ target }) => `declined the request of ${target} for a higher limit`,
  "audit.export": () => "downloaded the audit log",
  "usage.export": ({ of }) => `downloaded the use from ${of("from")} to ${of("to")}`,
  "audit.cut": ({ of }) => `removed ${of("rows")} entries older than 365 days`,
  "support_access.ask": () => "asked for access to help",
  "support_access.approve": () => "granted support access",
  "support_access.decline": () => "declined support access",
  "support_access.end": () => "ended support access",
  "support_access.withdraw": () => "withdrew the request for access",
  "support_access.leave": () => "left the workspace after helping",
  "support_access.open_page": ({ id }) => `opened ${id} under a support grant`,
  "support_access.call": ({ id }) => `used ${id} under a support grant`,
  "support_access.read_conversation": () => "read a conversation under a support grant",
};

/** Whoever it was done to, when their name or address is gone. */
const NAMELESS: Record<string, string> = { user: "somebody who is no more", tenant_invite: "somebody" };

/** What the entry says was done. */
export function deedOf({ action, targetName, targetType, targetId, metadata }: TenantAuditItem): string {
  const said = SENTENCES[action];
  const target = targetName ?? NAMELESS[targetType ?? ""] ?? targetType ?? "";
  const of = (name: string) => {
    const fact = metadata[name];
    return typeof fact === "string" || typeof fact === "number" ? String(fact) : "";
  };
  return said ? said({ target, id: targetId ?? "", of }) : `did ${action}${target && ` to ${target}`}`;
}

/** Who did it. */
export function actorOf({ actorType, actorName, actorId }: TenantAuditItem): string {
  if (actorName !== null) return actorType === "service_account" ? `Machine ${actorName}` : actorName;
  if (actorType === "system") return "Parley";
  if (actorType === "operator") return "Parley's support";
  if (actorType === "user") return "Somebody who is no more";
  return actorId === null ? "A machine" : `Machine ${actorId}`;
}

/** What was changed from what to what, in the order it was written. */
export function changesOf({ metadata }: TenantAuditItem): { field: string; before: string; after: string }[] {
  return Object.keys(metadata).flatMap((name) => {
    const field = name.endsWith("Before") ? name.slice(0, -"Before".length) : "";
    if (field === "" || !(field in metadata)) return [];
    return [{ field: fieldText(field), before: textOf(metadata[name]), after: textOf(metadata[field]) }];
  });
}

/** "billingWebhookUrl" as "billing webhook url". */
function fieldText(field: string): string {
  return field
    .replace("feature.", "")
    .replace(/([A-Z])/g, " $1")
    .toLowerCase();
}

function textOf(value: unknown): string {
  if (value === null || value === "" || value === undefined) return "nothing";
  if (value === true) return "on";
  return value === false ? "off" : String(value);
}
