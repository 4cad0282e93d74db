// What was used in a range of days, by day, model, member or conversation. Read from the daily sums alone, so that it costs
// the same however many calls they stand for. Who may not see what everybody uses sees their own use.

import { displayNamesOf } from "../auth/account/names";
import { now } from "../platform/clock";
import { models } from "../platform/model";
import { decimalOfNano } from "../platform/money";
import { queryTenant, type TenantScope, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { UsageSummary } from "./contract";
import { USAGE_DAYS, USAGE_DAYS_MAX, USAGE_ROWS_MAX, type UsageGroup } from "./terms";

export interface UsageSums {
  calls: number;
  messages: number;
  inputTokens: number;
  outputTokens: number;
  /** Decimal text; `cost` and `charged` are the same in major units. */
  costNano: string;
  cost: string;
  /** The part of the cost that the reserve paid. */
  chargedNano: string;
  charged: string;
}

export interface UsageRow extends UsageSums {
  /** A day, or the id of a model, member or conversation. */
  key: string;
  /** Null for people who are no more, and for conversations that the caller may not open. */
  label: string | null;
  /** Of a conversation: whose it is, by name. */
  memberName: string | null;
}

export interface UsageReport {
  from: string;
  to: string;
  groupBy: UsageGroup;
  /** False when only the caller's own use is summed. */
  isWhole: boolean;
  rows: UsageRow[];
  /** What the rows leave out: the less used models, members or conversations. */
  rest: UsageSums | null;
  total: UsageSums;
}

export interface DayRange {
  from: string;
  to: string;
}

interface SumRow extends Record<string, string | null> {
  key: string | null;
  owner: string | null;
  calls: string;
  messages: string;
  input_tokens: string;
  output_tokens: string;
  cost_nano: string;
  charged_nano: string;
}

const DAY_MS = 86_400_000;

export const SUMS = [
  "calls",
  "messages",
  "input_tokens",
  "output_tokens",
  "cost_nano",
  "charged_nano",
] as const;
const SUMMED = SUMS.map((sum) => `coalesce(sum(r.${sum}), 0)::bigint AS ${sum}`).join(", ");

// The most used first; one row more without a key for all of them together.
const groupedBy = (key: string, owner: string, table: string) => `
  WITH r AS MATERIALIZED (
    SELECT ${key} AS key, ${owner} AS owner, ${SUMMED} FROM ${table} r
     WHERE r.tenant_id = $1 AND r.day BETWEEN $2::date AND $3::date AND ($4::uuid IS NULL OR r.user_id = $4)
     GROUP BY 1, 2)
  (SELECT r.* FROM r ORDER BY r.cost_nano DESC, r.input_tokens + r.output_tokens DESC, r.key LIMIT $5)
  UNION ALL SELECT NULL, NULL, ${SUMMED} FROM r`;

const STATEMENTS: Record<UsageGroup, { name: string; text: string }> = {
  day: { name: "usage_by_day", text: groupedBy("r.day::text", "NULL::text", "usage_rollup_day") },
  model: { name: "usage_by_model", text: groupedBy("r.model", "NULL::text", "usage_rollup_day") },
  member: { name: "usage_by_member", text: groupedBy("r.user_id::text", "NULL::text", "usage_rollup_day") },
  conversation: {
    name: "usage_by_conversation",
    text: groupedBy("r.conversation_id::text", "min(r.user_id::text)", "usage_rollup_conversation").replace(
      "GROUP BY 1, 2",
      "GROUP BY 1",
    ),
  },
};

/** The use in a range, broken down. Days are complete and in order; everything else is the most used first. */
export async function summarizeUsage(scope: Scope, query: UsageSummary): Promise<UsageReport> {
  const { groupBy } = query;
  const days = rangeOf(query);
  const isWhole = scope.permissions.has("billing.read");
  const limit = groupBy === "day" ? USAGE_DAYS_MAX : USAGE_ROWS_MAX;
  const answered = await queryTenant<SumRow>(scope, {
    ...STATEMENTS[groupBy],
    values: [scope.tenantId, days.from, days.to, isWhole ? null : scope.userId, limit],
  });
  const grouped = answered.filter(isKeyed);
  const total = sumsOf(answered.find(({ key }) => key === null));
  const names = await namesOf(scope, groupBy, grouped);
  const rows = grouped.map((row) => ({ key: row.key, ...names(row), ...sumsOf(row) }));
  const left = rows.length < limit || groupBy === "day" ? null : restOf(total, rows);
  return {
    ...days,
    groupBy,
    isWhole,
    rows: groupBy === "day" ? everyDay(days, rows) : rows,
    rest: left?.calls === 0 ? null : left,
    total,
  };
}

/** The days that are meant: a missing end is as far away as usual, and never further than one summary spans. */
export function rangeOf({ from, to }: { from?: string | undefined; to?: string | undefined }): DayRange {
  const today = dayOf(now().getTime());
  if (from === undefined) {
    const last = to ?? today;
    return { from: daysAfter(last, 1 - USAGE_DAYS), to: last };
  }
  if (to !== undefined) return { from, to };
  const furthest = daysAfter(from, USAGE_DAYS_MAX - 1);
  return { from, to: today < from ? from : today < furthest ? today : furthest };
}

function daysAfter(day: string, count: number): string {
  return dayOf(Date.parse(day) + count * DAY_MS);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function isKeyed(row: SumRow): row is SumRow & { key: string } {
  return row.key !== null;
}

type Names = (row: { key: string; owner: string | null }) => Pick<UsageRow, "label" | "memberName">;

async function namesOf(
  scope: Scope,
  groupBy: UsageGroup,
  rows: readonly { key: string; owner: string | null }[],
): Promise<Names> {
  const keys = rows.map(({ key }) => key);
  if (groupBy === "day") return ({ key }) => ({ label: key, memberName: null });
  if (groupBy === "model") {
    const labels = new Map(models().map(({ id, label }) => [id, label]));
    return ({ key }) => ({ label: labels.get(key) ?? key, memberName: null });
  }
  const people = groupBy === "member" ? keys : rows.flatMap(({ owner }) => owner ?? []);
  const names = await withTenant(scope, (db) => displayNamesOf(people, db));
  if (groupBy === "member") return ({ key }) => ({ label: names.get(key) ?? null, memberName: null });
  const titles = await ownTitles(scope, keys);
  return ({ key, owner }) => ({
    label: titles.get(key) ?? null,
    memberName: names.get(owner ?? "") ?? null,
  });
}

const OWN_TITLES = {
  name: "usage_own_titles",
  text: `SELECT id::text, coalesce(title, 'New conversation') AS title FROM conversations
          WHERE tenant_id = $1 AND user_id = $2 AND id = ANY ($3::uuid[]) AND deleted_at IS NULL`,
};

// What a conversation is called is its owner's alone, whoever may see what it cost.
async function ownTitles(scope: TenantScope, ids: string[]): Promise<Map<string, string>> {
  const values = [scope.tenantId, scope.userId, ids];
  const rows = await queryTenant<{ id: string; title: string }>(scope, { ...OWN_TITLES, values });
  return new Map(rows.map(({ id, title }) => [id, title]));
}

function everyDay({ from, to }: DayRange, rows: readonly UsageRow[]): UsageRow[] {
  const known = new Map(rows.map((row) => [row.key, row]));
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return Array.from({ length: count }, (_, index) => {
    const key = daysAfter(from, index);
    return known.get(key) ?? { key, label: key, memberName: null, ...sumsOf(undefined) };
  });
}

function restOf(total: UsageSums, rows: readonly UsageSums[]): UsageSums {
  const left = (read: (sums: UsageSums) => bigint) =>
    rows.reduce((sum, row) => sum - read(row), read(total)).toString();
  return sumsOf({
    calls: left(({ calls }) => BigInt(calls)),
    messages: left(({ messages }) => BigInt(messages)),
    input_tokens: left(({ inputTokens }) => BigInt(inputTokens)),
    output_tokens: left(({ outputTokens }) => BigInt(outputTokens)),
    cost_nano: left(({ costNano }) => BigInt(costNano)),
    charged_nano: left(({ chargedNano }) => BigInt(chargedNano)),
  });
}

/** A row of sums as it is answered; nothing is zero. */
export function sumsOf(row: Pick<SumRow, (typeof SUMS)[number]> | undefined): UsageSums {
  const cost = row?.cost_nano ?? "0";
  const charged = row?.charged_nano ?? "0";
  return {
    calls: Number(row?.calls ?? 0),
    messages: Number(row?.messages ?? 0),
    inputTokens: Number(row?.input_tokens ?? 0),
    outputTokens: Number(row?.output_tokens ?? 0),
    costNano: cost,
    cost: decimalOfNano(BigInt(cost)),
    chargedNano: charged,
    charged: decimalOfNano(BigInt(charged)),
  };
}
