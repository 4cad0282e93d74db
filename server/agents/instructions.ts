// What agents are told. The texts are Markdown files beside this one, readable and reviewed like code.

import codeAssistant from "./instructions/code-assistant.md?raw";
import dataAnalyst from "./instructions/data-analyst.md?raw";
import house from "./instructions/house.md?raw";
import triage from "./instructions/triage.md?raw";
import type { AgentId } from "./terms";

const OWN: Record<AgentId, string> = {
  triage,
  "code-assistant": codeAssistant,
  "data-analyst": dataAnalyst,
};

/** The house rules followed by the agent's own instructions. */
export function instructionsOf(agent: AgentId): string {
  return `${house.trim()}\n\n${OWN[agent].trim()}\n`;
}
