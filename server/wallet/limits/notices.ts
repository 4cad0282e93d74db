// What a workspace's pages say about money without being asked: a payment that is late, a share of a cap or an allowance
// that is used, a reserve that is low. Those who look after the money see all of it, everybody else what holds them up.

import type { Meter } from "../../catalogue/terms";
import { now } from "../../platform/clock";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import { getBalance, type ReserveBalance } from "../reserve/account";
import { ALLOWANCE_THRESHOLDS, CAP_THRESHOLDS } from "../terms";
import { type Allowance, listAllowances } from "./allowances";
import { readMonth, type Spending } from "./month";

export type Notice =
  /** The plan is not paid; until then it is as if it were, and null is no longer. */
  | { kind: "payment"; until: string | null }
  | { kind: "cap"; whose: "workspace" | "own"; percent: number; isStopped: boolean }
  | { kind: "allowance"; meter: Meter; percent: number; isStopped: boolean }
  | { kind: "reserve"; isUsedUp: boolean };

const REACHED = {
  name: "wallet_caps_reached",
  text: `
  SELECT a.kind FROM spend_alarms a
    JOIN billing_periods b ON b.tenant_id = $1 AND b.kind = 'cap_month' AND b.start_at <= $2 AND b.end_at > $2
   WHERE a.tenant_id = $1 AND (a.kind, a.subject) IN
     (('cap_reached', $1 || ' ' || b.id || ' ' || $3), ('member_cap_reached', $4 || ' ' || b.id || ' ' || $5))`,
};

const UNPAID = {
  name: "wallet_plan_unpaid",
  text: `
  SELECT p.standing, t.grace_ends_at FROM plan_of($1, $2) p JOIN tenant_plans t ON t.tenant_id = $1
   WHERE p.standing IN ('past_due', 'suspended')`,
};

/** What this reader is to be told now. */
export async function listNotices(scope: Scope): Promise<{ items: Notice[]; mayAct: boolean }> {
  const maySeeAll = scope.permissions.has("billing.read");
  const [payment, caps, allowances, balance] = await Promise.all([
    paymentNotice(scope),
    capNotices(scope),
    listAllowances(scope),
    getBalance(scope),
  ]);
  const all = [...payment, ...caps, ...allowances.items.flatMap(allowanceNotice), ...reserveNotice(balance)];
  const items = maySeeAll ? all : all.filter(concernsEverybody);
  return { items, mayAct: scope.permissions.has("billing.manage") };
}

async function paymentNotice(scope: TenantScope): Promise<Notice[]> {
  const rows = await queryTenant<{ standing: string; grace_ends_at: Date | null }>(scope, {
    ...UNPAID,
    values: [scope.tenantId, now()],
  });
  // What operators let go on for a while has no day of its own.
  return rows.flatMap(({ standing, grace_ends_at: until }): Notice[] => {
    if (standing === "suspended") return [{ kind: "payment", until: null }];
    return until !== null && until > now() ? [{ kind: "payment", until: until.toISOString() }] : [];
  });
}

async function capNotices(scope: TenantScope): Promise<Notice[]> {
  const { tenant, member } = await readMonth(scope);
  if (tenant.capNano === 0n && member.capNano === 0n) return [];
  const { tenantId, userId } = scope;
  const values = [tenantId, now(), tenant.capNano.toString(), userId, member.capNano.toString()];
  const refused = await queryTenant<{ kind: string }>(scope, { ...REACHED, values });
  const wasRefused = (kind: string) => refused.some((alarm) => alarm.kind === kind);
  return [
    ...capNotice("workspace", tenant, wasRefused("cap_reached")),
    ...capNotice("own", member, wasRefused("member_cap_reached")),
  ];
}

function capNotice(whose: "workspace" | "own", cap: Spending, wasRefused: boolean): Notice[] {
  if (cap.capNano === 0n) return [];
  const share = Number((cap.spentNano * 100n) / cap.capNano);
  const isStopped = cap.isHardStop && (wasRefused || share >= 100);
  const percent = isStopped ? 100 : CAP_THRESHOLDS.findLast((threshold) => share >= threshold);
  return percent === undefined ? [] : [{ kind: "cap", whose, percent, isStopped }];
}

// A plan that includes none of something has none to run out of.
function allowanceNotice({ meter, span, limit, percent: share, onExceed }: Allowance): Notice[] {
  if (span === "day" || limit === "0" || share === null) return [];
  const percent = ALLOWANCE_THRESHOLDS.findLast((threshold) => share >= threshold);
  if (percent === undefined) return [];
  return [{ kind: "allowance", meter, percent, isStopped: percent === 100 && onExceed === "block" }];
}

// A reserve that was never filled has not run low.
function reserveNotice({ isLow, isInUse, balanceNano }: ReserveBalance): Notice[] {
  return isLow && isInUse ? [{ kind: "reserve", isUsedUp: BigInt(balanceNano) <= 0n }] : [];
}

function concernsEverybody(notice: Notice): boolean {
  if (notice.kind === "payment") return false;
  if (notice.kind === "reserve") return notice.isUsedUp;
  return notice.isStopped || (notice.kind === "cap" && notice.whose === "own");
}
