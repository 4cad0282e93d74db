// Who speaks: an agent's mark, its name, and the chip where one agent hands over to another.

import { ArrowRight, ChartColumn, CodeXml, type LucideIcon, MessagesSquare } from "lucide-react";
import { classNames } from "~/components/ui/class-names";
import { AGENT_PROFILES, isAgentId } from "../../../server/agents/terms";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  triage: MessagesSquare,
  "code-assistant": CodeXml,
  "data-analyst": ChartColumn,
};

/** An agent's name; an agent that no longer exists is called by its id. */
export function agentName(agentId: string): string {
  return isAgentId(agentId) ? AGENT_PROFILES[agentId].name : agentId.replaceAll("-", " ");
}

export function AgentMark({ agentId, className }: { agentId: string; className?: string }) {
  const Icon = ICONS[agentId] ?? MessagesSquare;
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-accent-ink",
        className,
      )}
    >
      <Icon className="size-4" />
    </span>
  );
}

export function HandoverChip({ agentId }: { agentId: string }) {
  return (
    <p className="flex items-center gap-3 text-ink-muted text-sm">
      <span className="inline-flex items-center gap-2 rounded-full border border-line bg-surface py-1 pr-3.5 pl-1">
        <AgentMark agentId={agentId} className="size-6" />
        <span className="sr-only">Handed over to</span>
        <ArrowRight aria-hidden="true" className="size-3.5" />
        <span className="font-medium text-ink">{agentName(agentId)}</span>
      </span>
      <span aria-hidden="true" className="h-px flex-1 bg-line" />
    </p>
  );
}
