// The agents a person talks to, and the bounds of what their tools may take and answer. Pure: the browser reads it too.

export const AGENT_IDS = ["triage", "code-assistant", "data-analyst"] as const;
export type AgentId = (typeof AGENT_IDS)[number];

/** What an agent may do; a tool names what it needs, and an agent without it never sees the tool. */
export const CAPABILITIES = ["clock", "math", "conversations", "tables", "web"] as const;
export type Capability = (typeof CAPABILITIES)[number];

export interface AgentProfile {
  id: AgentId;
  name: string;
  description: string;
  capabilities: readonly Capability[];
  handsOverTo: readonly AgentId[];
}

/** Who answers first in a new conversation. */
export const ENTRY_AGENT: AgentId = "triage";

export const AGENT_PROFILES: Record<AgentId, AgentProfile> = {
  triage: {
    id: "triage",
    name: "Triage",
    description: "Answers general questions and brings in a specialist when one is better placed.",
    capabilities: ["clock", "math", "conversations", "web"],
    handsOverTo: ["code-assistant", "data-analyst"],
  },
  "code-assistant": {
    id: "code-assistant",
    name: "Code assistant",
    description: "Writes, explains, reviews and debugs code.",
    capabilities: ["clock", "math", "conversations", "web"],
    handsOverTo: ["triage", "data-analyst"],
  },
  "data-analyst": {
    id: "data-analyst",
    name: "Data analyst",
    description: "Reads tables pasted as CSV or JSON, computes figures and explains what they say.",
    capabilities: ["clock", "math", "conversations", "tables", "web"],
    handsOverTo: ["triage", "code-assistant"],
  },
};

export const TOOL_ARGUMENTS_LENGTH_MAX = 8_000;
export const TOOL_OUTPUT_LENGTH_MAX = 8_000;
export const TOOL_DURATION_MS_MAX = 20_000;
export const EXPRESSION_LENGTH_MAX = 500;
export const TABLE_ROWS_MAX = 20_000;
export const TABLE_COLUMNS_MAX = 50;

/** Narrows text to an agent's id. */
export function isAgentId(text: string): text is AgentId {
  return (AGENT_IDS as readonly string[]).includes(text);
}
