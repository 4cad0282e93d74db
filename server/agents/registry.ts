// Who there is and what they may use. The one list of tools; an agent sees its own part of it and nothing else.

import type { Feature } from "../tenants/terms";
import { AGENT_IDS, AGENT_PROFILES, type AgentId, ENTRY_AGENT } from "./terms";
import type { ToolDefinition } from "./tool";
import { calculator } from "./tools/calculator";
import { currentTime } from "./tools/current-time";
import { searchConversations } from "./tools/search-conversations";
import { tableSummary } from "./tools/table-summary";
import { webSearch } from "./tools/web-search";

export const TOOLS: readonly ToolDefinition[] = [
  currentTime,
  calculator,
  searchConversations,
  tableSummary,
  webSearch,
];

const TEXT_SWITCHED_OFF = "Switched off in this workspace";

export interface AgentSummary {
  id: AgentId;
  name: string;
  description: string;
  status: "available";
  isEntry: boolean;
  handsOverTo: AgentId[];
  capabilities: string[];
  tools: string[];
}

export interface ToolSummary {
  name: string;
  label: string;
  description: string;
  core: boolean;
  agents: AgentId[];
  capabilities: string[];
  isEnabled: boolean;
  offReason: string | null;
}

/** The agents with what each may use here, the entry agent first. */
export function listAgents(features: Record<Feature, boolean>): AgentSummary[] {
  return AGENT_IDS.map((id) => {
    const profile = AGENT_PROFILES[id];
    return {
      id,
      name: profile.name,
      description: profile.description,
      status: "available",
      isEntry: id === ENTRY_AGENT,
      handsOverTo: [...profile.handsOverTo],
      capabilities: [...profile.capabilities],
      tools: toolsOf(id, toolsWith(features)).map((tool) => tool.name),
    };
  });
}

/** All tools, also those that are off here, with the reason. */
export function listTools(features: Record<Feature, boolean>): ToolSummary[] {
  return TOOLS.map((tool) => ({
    name: tool.name,
    label: tool.label,
    description: tool.description,
    core: tool.isCore,
    agents: AGENT_IDS.filter((id) => belongsTo(tool, id)),
    capabilities: [...tool.capabilities],
    isEnabled: offReasonOf(tool, features) === null,
    offReason: offReasonOf(tool, features),
  }));
}

/** The tools that a workspace has not switched off. */
export function toolsWith(
  features: Record<Feature, boolean>,
  tools: readonly ToolDefinition[] = TOOLS,
): ToolDefinition[] {
  return tools.filter(({ feature }) => feature === undefined || features[feature]);
}

/** The tools an agent may use now: its own, and only those that are on. */
export function toolsOf(agent: AgentId, tools: readonly ToolDefinition[] = TOOLS): ToolDefinition[] {
  return tools.filter((tool) => belongsTo(tool, agent) && tool.offReason() === null);
}

function offReasonOf(tool: ToolDefinition, features: Record<Feature, boolean>): string | null {
  if (tool.feature !== undefined && !features[tool.feature]) return TEXT_SWITCHED_OFF;
  return tool.offReason();
}

function belongsTo(tool: ToolDefinition, agent: AgentId): boolean {
  const granted = AGENT_PROFILES[agent].capabilities;
  return (
    (tool.isCore || tool.agents.includes(agent)) &&
    tool.capabilities.every((capability) => granted.includes(capability))
  );
}
