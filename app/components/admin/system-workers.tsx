import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import type { WorkerHealth } from "../../../server/platform/health";

const COLUMNS = ["Process", "State", "Version", "Started", "Last heartbeat"];

/** The processes that work jobs off. */
export function SystemWorkers({ workers }: { workers: readonly WorkerHealth[] }) {
  const cell = "whitespace-nowrap text-ink-muted max-lg:mt-1 lg:px-3";
  return (
    <Card aria-labelledby="workers" className="overflow-hidden">
      <CardHeader
        id="workers"
        title="Workers"
        description="A process that is silent for 20 seconds counts as gone."
      />
      {workers.length === 0 && <EmptyState title="No worker has been heard" className="pt-0" />}
      {workers.length > 0 && (
        <FoldingTable columns={COLUMNS} foldsBelow="lg">
          {workers.map((worker) => (
            <tr
              key={worker.id}
              className="max-lg:flex max-lg:flex-wrap max-lg:items-center max-lg:gap-x-4 max-lg:px-5 max-lg:py-4"
            >
              <th scope="row" className="py-3.5 font-normal max-lg:w-full max-lg:py-0 lg:px-6">
                <code className="text-[13px] [overflow-wrap:anywhere]">{worker.id}</code>
              </th>
              <td className={cell}>
                <Badge tone={worker.isAlive ? "success" : "danger"}>
                  {worker.isAlive ? "Alive" : "Gone"}
                </Badge>
              </td>
              <td className={cell}>{worker.version ?? "Unknown"}</td>
              <td className={cell}>
                <span className="lg:hidden">Started </span>
                <LocalTime value={worker.startedAt} hasTime />
              </td>
              <td className={cell}>
                <span className="lg:hidden">Heard </span>
                <LocalTime value={worker.heartbeatAt} hasTime />
              </td>
            </tr>
          ))}
        </FoldingTable>
      )}
    </Card>
  );
}
