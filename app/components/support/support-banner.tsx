import { Link } from "@remix-run/react";
import { LocalTime } from "~/components/ui/local-time";
import type { LiveGrant } from "../../../server/support-access/grants";
import { SUPPORT_SCOPE_LABELS } from "../../../server/support-access/terms";
import type { Permission } from "../../../server/tenants/terms";

export interface SupportBannerProps {
  grants: readonly LiveGrant[];
  slug: string;
  permissions: readonly Permission[];
}

const LINK_CLASS = "font-medium underline underline-offset-2";

/** Says on every page of a workspace who of Parley's support can look in, and to the operator under which grant. */
export function SupportBanner({ grants, slug, permissions }: SupportBannerProps) {
  const own = grants.find(({ isOwn }) => isOwn);
  const shown = own ? [own] : grants;
  if (shown.length === 0) return null;
  const to = `/t/${slug}/support-access`;
  return (
    <section
      aria-label="Support access"
      className="flex shrink-0 flex-col gap-1 border-line border-b bg-warning-soft px-4 py-2 text-sm text-warning-ink"
    >
      {shown.map((grant) => (
        <p key={grant.grantId} className="[overflow-wrap:anywhere]">
          {grant.isOwn ? "You look in as support" : `Support access by ${grant.operatorName}`} until{" "}
          <LocalTime value={grant.until} hasTime />. {SUPPORT_SCOPE_LABELS[grant.scope]}, read-only
          {grant.isOwn && "; every step is written to this workspace's audit log"}.{" "}
          {(grant.isOwn || permissions.includes("support.manage")) && (
            <Link to={to} className={LINK_CLASS}>
              {grant.isOwn ? "Overview" : "Review or end"}
            </Link>
          )}
        </p>
      ))}
    </section>
  );
}
