import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { Card } from "~/components/ui/card";
import type { HealthState, PartHealth, QueueHealth, SystemHealth } from "../../../server/platform/health";
import { Fact } from "./fact";

const STATES: Record<HealthState, [label: string, tone: BadgeTone]> = {
  ok: ["Working", "success"],
  failed: ["Not answering", "danger"],
  off: ["Not in use", "secondary"],
};

/** Each part that Parley stands on, and the queue in numbers. */
export function SystemParts({ health: { database, redis, storage, queue } }: { health: SystemHealth }) {
  return (
    <Card aria-label="Parts">
      <dl className="divide-y divide-line">
        <Part name="Database" part={database} />
        <Part name="Redis" part={redis}>
          {redis.state === "off" && "Limits and events go through the database."}
        </Part>
        <Part name="Storage" part={storage}>
          {storage.place === "database" ? "In the database." : "In a folder."}
        </Part>
        <Part name="Queue" part={queue}>
          <QueueText queue={queue} />
        </Part>
      </dl>
    </Card>
  );
}

function Part({ name, part, children }: { name: string; part: PartHealth; children?: ReactNode }) {
  const [label, tone] = STATES[part.state];
  return (
    <Fact name={name}>
      <Badge tone={tone} className="mr-2">
        {label}
      </Badge>
      {part.latencyMs !== null && <span className="mr-2 text-ink-muted">{part.latencyMs} ms</span>}
      {children}
    </Fact>
  );
}

function QueueText({ queue }: { queue: QueueHealth }) {
  const { waiting, running, dead, oldestWaitingSeconds } = queue;
  return (
    <>
      {waiting} waiting{oldestWaitingSeconds !== null && `, the oldest for ${oldestWaitingSeconds} s`},{" "}
      {running} running,{" "}
      <span className={dead > 0 ? "font-medium text-danger-ink" : ""}>
        {dead} {dead === 1 ? "has" : "have"} used up all tries
      </span>
    </>
  );
}
