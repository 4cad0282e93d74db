// Each workspace against the allowances of its plan, for operators' reports. Across tenants, hence the platform role.

import { METERS, type Meter, PLAN_CODES } from "../catalogue/terms";
import { now } from "../platform/clock";
import { csvLine } from "../platform/csv";
import { platformPool } from "../platform/db";
import { AppError } from "../platform/errors";

export interface ReportOptions {
  /** A workspace's slug. */
  tenant?: string | undefined;
  plan?: string | undefined;
  /** A day: the periods that hold it. Today's when absent. */
  period?: string | undefined;
  feature?: string | undefined;
  /** From this many percent on an allowance is nearly used up. */
  warnPercent: number;
}

export interface ReportRow {
  tenant: string;
  name: string;
  plan: string;
  planVersion: number;
  feature: Meter;
  window: string;
  used: string;
  held: string;
  /** Null is unlimited. */
  limit: string | null;
  percent: number | null;
  state: "ok" | "warning" | "exceeded" | "unlimited";
  onExceed: string;
}

export interface UsageDashboard {
  generatedAt: string;
  at: string;
  warnPercent: number;
  tenants: number;
  warnings: number;
  exceeded: number;
  rows: ReportRow[];
}

interface AllowanceRow extends Omit<ReportRow, "percent" | "state"> {}

const ALLOWANCES = `
  SELECT t.slug AS tenant, t.name, p.plan_id AS plan, v.version AS "planVersion", l.meter::text AS feature,
         l.span::text AS window, coalesce(q.used, 0)::text AS used, coalesce(q.held, 0)::text AS held,
         l.hard_limit::text AS limit, l.on_exceed::text AS "onExceed"
    FROM tenants t
   CROSS JOIN LATERAL plan_of(t.id, $1) p
    JOIN plan_versions v ON v.id = p.plan_version_id
    JOIN plan_limits l ON l.plan_version_id = v.id
    LEFT JOIN billing_periods b ON b.tenant_id = t.id AND b.start_at <= $1 AND b.end_at > $1
     AND b.kind::text = CASE l.span::text WHEN 'day' THEN 'day' ELSE 'use' END
    LEFT JOIN quota_counters q ON q.tenant_id = t.id AND q.period_id = b.id AND q.meter = l.meter
   WHERE t.deleted_at IS NULL AND ($2::text IS NULL OR t.slug = $2) AND ($3::text IS NULL OR p.plan_id = $3)
     AND ($4::text IS NULL OR l.meter::text = $4)
   ORDER BY t.slug, l.meter, l.span`;

const FULL = 100;

/** The report; throws `invalid` for a plan, a feature, a day or a threshold that does not exist. */
export async function reportUsage(options: ReportOptions): Promise<UsageDashboard> {
  requireKnown(options);
  const { tenant = null, plan = null, feature = null, period, warnPercent } = options;
  const at = period === undefined ? now() : new Date(`${period}T12:00:00Z`);
  const { rows } = await platformPool().query<AllowanceRow>(ALLOWANCES, [at, tenant, plan, feature]);
  const stated = rows.map((row) => ({ ...row, ...standingOf(row, warnPercent) }));
  const count = (state: ReportRow["state"]) => stated.filter((row) => row.state === state).length;
  return {
    generatedAt: now().toISOString(),
    at: at.toISOString(),
    warnPercent,
    tenants: new Set(stated.map((row) => row.tenant)).size,
    warnings: count("warning"),
    exceeded: count("exceeded"),
    rows: stated,
  };
}

/** The rows of a report as a CSV file that a spreadsheet can be trusted with. */
export function reportCsv({ rows }: UsageDashboard): string {
  const columns = [
    ...(["tenant", "name", "plan", "planVersion", "feature", "window"] as const),
    ...(["used", "held", "limit", "percent", "state", "onExceed"] as const),
  ];
  const lines = rows.map((row) =>
    csvLine(columns.map((column) => (row[column] === null ? null : String(row[column])))),
  );
  return csvLine(columns) + lines.join("");
}

function standingOf(
  { used, limit }: AllowanceRow,
  warnPercent: number,
): Pick<ReportRow, "percent" | "state"> {
  const percent = percentOf(BigInt(used), limit === null ? null : BigInt(limit));
  if (percent === null) return { percent, state: "unlimited" };
  return { percent, state: percent >= FULL ? "exceeded" : percent >= warnPercent ? "warning" : "ok" };
}

function requireKnown({ plan, feature, period, warnPercent }: ReportOptions): void {
  const fields: Record<string, string> = {};
  if (plan !== undefined && !PLAN_CODES.some((code) => code === plan))
    fields["plan"] = `is one of ${PLAN_CODES.join(", ")}`;
  if (feature !== undefined && !METERS.some((meter) => meter === feature))
    fields["feature"] = `is one of ${METERS.join(", ")}`;
  if (period !== undefined && !isDay(period)) fields["period"] = "is a day such as 2026-01-31";
  if (!Number.isInteger(warnPercent) || warnPercent < 1 || warnPercent > FULL)
    fields["warn"] = "is a whole number of percent from 1 to 100";
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "The options do not fit.", { fields });
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^[12]\d{3}-/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Whole percent, rounded down; of nothing all is used. */
function percentOf(used: bigint, limit: bigint | null): number | null {
  if (limit === null) return null;
  return limit === 0n ? 100 : Number((used * 100n) / limit);
}
