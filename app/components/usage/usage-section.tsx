import { Link, useParams } from "@remix-run/react";
import type { ReactNode } from "react";
import { Card, CardHeader } from "~/components/ui/card";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { UsageReport, UsageRow } from "../../../server/usage/summary";
import { DayChart } from "./day-chart";
import { ShareChart } from "./share-chart";
import { UsageTable } from "./usage-table";

const TITLES = {
  day: { title: "By day", first: "Day (UTC)" },
  model: { title: "By model", first: "Model" },
  member: { title: "By member", first: "Member" },
  conversation: { title: "By conversation", first: "Conversation" },
} as const;

/** One breakdown: a chart and the table it was drawn from. */
export function UsageSection({ report }: { report: UsageReport }) {
  const { groupBy, rows, rest, total } = report;
  const { title, first } = TITLES[groupBy];
  const used = groupBy === "day" ? rows.filter(({ calls }) => calls > 0).reverse() : rows;
  if (used.length === 0) return null;
  return (
    <Card aria-labelledby={`by-${groupBy}`}>
      <CardHeader id={`by-${groupBy}`} title={title} />
      {groupBy === "day" ? (
        <DayChart rows={rows} />
      ) : (
        <ShareChart
          label={`Cost ${title.toLowerCase()}`}
          shares={rows.map((row) => ({ key: row.key, name: nameOf(report, row), costNano: row.costNano }))}
        />
      )}
      <div className="border-line border-t">
        <UsageTable
          first={first}
          rows={used.map((row) => ({ key: row.key, name: <RowName report={report} row={row} />, sums: row }))}
          rest={rest}
          total={total}
        />
      </div>
    </Card>
  );
}

function RowName({ report, row }: { report: UsageReport; row: UsageRow }): ReactNode {
  const { tenant } = useParams();
  const name = nameOf(report, row);
  if (report.groupBy !== "conversation" || row.label === null) return name;
  return (
    <Link to={`/t/${tenant}/chat/${row.key}`} className={TEXT_LINK_CLASS}>
      {name}
    </Link>
  );
}

function nameOf({ groupBy }: UsageReport, { label, memberName }: UsageRow): string {
  if (label !== null) return label;
  if (groupBy === "member") return "A former member";
  return memberName === null ? "A deleted conversation" : `A conversation of ${memberName}`;
}
