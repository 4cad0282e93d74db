import { ArrowUp, Check } from "lucide-react";
import { AgentMark, agentName, HandoverChip } from "~/components/chat/agent-mark";
import { Avatar } from "~/components/ui/avatar";
import { Card } from "~/components/ui/card";

const REGIONS = [
  { name: "North", amount: "48,200", share: "43.3 %" },
  { name: "West", amount: "39,150", share: "35.2 %" },
  { name: "South", amount: "23,900", share: "21.5 %" },
];

/** A conversation as it looks inside, drawn with the product's own pieces. A picture: nothing in it can be operated. */
export function ProductPicture() {
  return (
    <figure
      role="img"
      aria-label="A conversation in Parley: a question about sales figures goes from triage to the data analyst, who sums the table with a tool and answers."
    >
      <Card aria-hidden="true" className="overflow-hidden rounded-xl text-sm shadow-raised">
        <div className="flex items-center gap-2.5 border-line border-b px-4 py-3">
          <Avatar name="Northwind Trading" shape="square" size="sm" />
          <span className="font-medium">Third quarter by region</span>
        </div>
        <div className="flex flex-col gap-5 p-5">
          <p className="ml-auto max-w-[85%] rounded-xl rounded-br-sm bg-sunken px-4 py-2.5">
            Which region carried the third quarter? The table is below.
          </p>
          <div className="flex flex-col gap-3">
            <p className="flex items-center gap-2.5 font-medium">
              <AgentMark agentId="triage" />
              {agentName("triage")}
            </p>
            <HandoverChip agentId="data-analyst" />
            <p className="flex items-center gap-2.5 rounded-md border border-line px-3 py-2 text-[13px] text-ink-muted">
              <Check className="size-3.5 text-accent-ink" /> Read a table of 214 rows
            </p>
            <div>
              <p className="leading-6">
                <strong className="font-semibold">North</strong> carried it with 48,200, 43.3 % of the
                quarter.
              </p>
              <RegionTable />
            </div>
          </div>
        </div>
        <div className="m-4 mt-0 flex items-center justify-between rounded-lg border border-line-strong/60 py-2 pr-2 pl-4 text-ink-faint">
          Ask a follow-up
          <span className="flex size-8 items-center justify-center rounded-md bg-accent text-on-accent">
            <ArrowUp className="size-4" />
          </span>
        </div>
      </Card>
    </figure>
  );
}

function RegionTable() {
  return (
    <div className="mt-3 overflow-hidden rounded-md border border-line text-[13px] tabular-nums">
      <div className="grid grid-cols-3 bg-sunken px-3 py-1.5 font-medium">
        <span>Region</span>
        <span className="text-right">Revenue</span>
        <span className="text-right">Share</span>
      </div>
      {REGIONS.map(({ name, amount, share }) => (
        <div key={name} className="grid grid-cols-3 border-line border-t px-3 py-1.5">
          <span>{name}</span>
          <span className="text-right">{amount}</span>
          <span className="text-right">{share}</span>
        </div>
      ))}
    </div>
  );
}
