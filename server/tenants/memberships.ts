// Rows that say who belongs to a workspace. Whatever changes who belongs or who rules takes the workspace's lock first,
// so that of any number of changes at once each one sees what the ones before it left.

import { now } from "../platform/clock";
import { queryTenant, type TenantScope } from "../platform/tenant-db";

/** How exact "last seen" is. */
const SEEN_INTERVAL_MS = 60_000;

const SEEN = {
  name: "membership_seen",
  text: "UPDATE tenant_members SET last_seen_at = $3 WHERE tenant_id = $1 AND user_id = $2",
};

/** Notes that a member was here; written at most once a minute. */
export async function noteSeen(member: TenantScope, lastSeenAt: Date | null): Promise<void> {
  const at = now();
  if (lastSeenAt !== null && at.getTime() - lastSeenAt.getTime() < SEEN_INTERVAL_MS) return;
  await queryTenant(member, { ...SEEN, values: [member.tenantId, member.userId, at] });
}
