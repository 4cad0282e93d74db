// Limits as people read them: everybody their own, those who look after the money all of them, with a forecast and what
// others have asked for.

import { now } from "../../platform/clock";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { ListMemberLimits } from "../contract";
import { MEMBER_LIMITS_PER_PAGE } from "../terms";
import { forecastOf, readMonth } from "./month";
import { findOwnRequest, listRequests, type OwnRequest, type RequestItem } from "./requests";

export interface LimitsView {
  /** The running month of caps, half-open. */
  period: { startAt: string; endAt: string };
  own: OwnLimit;
  /** What the reader has asked for this month. */
  ownRequest: OwnRequest | null;
  canManage: boolean;
  /** From here on null and empty for those who see their own limit alone. "0" is no cap; amounts are nano. */
  monthlyCapNano: string | null;
  hardStop: boolean | null;
  version: number | null;
  spentNano: string | null;
  heldNano: string | null;
  /** Null also while it is too early to say. */
  forecastNano: string | null;
  requests: RequestItem[];
}

export interface OwnLimit {
  /** "0" is no cap of one's own. */
  monthlyCapNano: string;
  spentNano: string;
  heldNano: string;
}

/** The reader's limits, and the workspace's for those who may see them. */
export async function getLimits(scope: Scope): Promise<LimitsView> {
  const month = await readMonth(scope);
  const { tenant, member } = month;
  const maySeeAll = scope.permissions.has("billing.read");
  const all = {
    monthlyCapNano: tenant.capNano.toString(),
    hardStop: tenant.isHardStop,
    version: tenant.version,
    spentNano: tenant.spentNano.toString(),
    heldNano: tenant.heldNano.toString(),
    forecastNano: forecastOf(month)?.toString() ?? null,
  };
  return {
    period: { startAt: month.startAt.toISOString(), endAt: month.endAt.toISOString() },
    own: {
      monthlyCapNano: member.capNano.toString(),
      spentNano: member.spentNano.toString(),
      heldNano: member.heldNano.toString(),
    },
    ownRequest: await findOwnRequest(scope, month),
    canManage: scope.permissions.has("billing.manage"),
    ...(maySeeAll ? all : NOTHING),
    requests: maySeeAll ? await listRequests(scope, month) : [],
  };
}

export interface MemberLimitItem {
  userId: string;
  name: string;
  email: string;
  /** "0" is no cap of their own. */
  monthlyCapNano: string;
  version: number;
  spentNano: string;
}

const MEMBERS = {
  name: "wallet_member_limits",
  text: `
  SELECT m.user_id::text AS "userId", coalesce(p.display_name, u.email) AS name, u.email,
         coalesce(l.cap_nano, 0)::text AS "monthlyCapNano", coalesce(l.version, 0) AS version,
         coalesce(c.spent_nano, 0)::text AS "spentNano", (count(*) OVER ())::int AS total
    FROM tenant_members m
    JOIN users u ON u.id = m.user_id
    LEFT JOIN user_profiles p ON p.user_id = m.user_id
    LEFT JOIN billing_periods b ON b.tenant_id = $1 AND b.kind = 'cap_month' AND b.start_at <= $2 AND b.end_at > $2
    LEFT JOIN spend_counters c ON c.tenant_id = $1 AND c.period_id = b.id AND c.spender = 'member' AND c.spender_id = m.user_id
    LEFT JOIN spend_limits l ON l.tenant_id = $1 AND l.spender = 'member' AND l.spender_id = m.user_id
   WHERE m.tenant_id = $1
     AND ($3 = '' OR strpos(lower(p.display_name), lower($3)) > 0 OR strpos(u.email, lower($3)) > 0)
   ORDER BY coalesce(c.spent_nano, 0) DESC, coalesce(l.cap_nano, 0) = 0, lower(coalesce(p.display_name, u.email)), m.user_id
   LIMIT ${MEMBER_LIMITS_PER_PAGE} OFFSET $4`,
};

/** A page of the members with what they spent this month, most first, and their caps. */
export async function listMemberLimits(scope: TenantScope, { search, page }: ListMemberLimits) {
  const values = [scope.tenantId, now(), search, (page - 1) * MEMBER_LIMITS_PER_PAGE];
  const rows = await queryTenant<MemberLimitItem & { total: number }>(scope, { ...MEMBERS, values });
  const total = rows[0]?.total ?? 0;
  return {
    items: rows.map(({ total: _, ...item }) => item),
    total,
    page,
    pageSize: MEMBER_LIMITS_PER_PAGE,
    pages: Math.ceil(total / MEMBER_LIMITS_PER_PAGE),
  };
}

const NOTHING = {
  monthlyCapNano: null,
  hardStop: null,
  version: null,
  spentNano: null,
  heldNano: null,
  forecastNano: null,
};
