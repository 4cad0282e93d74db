// The agents of one run as @openai/agents sees them, wired to what the run hands in: how a tool is run, and what a
// handover does. Built per run; it holds no state of its own.

import { Agent, type Handoff, handoff, type Tool, tool } from "@openai/agents";
import { z } from "zod";
import { instructionsOf } from "./instructions";
import { toolsOf } from "./registry";
import { AGENT_IDS, AGENT_PROFILES, type AgentId } from "./terms";
import type { ToolDefinition } from "./tool";

/** One call of a tool by the model. */
export interface ToolCall {
  tool: ToolDefinition;
  agent: AgentId;
  callId: string;
  input: unknown;
}

export interface AgentGraphHooks {
  tools: readonly ToolDefinition[];
  /** Runs the tool and answers the text that the model reads; never throws for a tool's own failure. */
  runTool(call: ToolCall): Promise<string>;
  /** Told before the next agent speaks. */
  onHandover(to: AgentId): void;
  canHandOver(): boolean;
}

/** The agent that speaks first, with its tools and the agents it can hand over to. */
export function buildAgentGraph(first: AgentId, hooks: AgentGraphHooks): Agent {
  const agents = new Map(AGENT_IDS.map((id) => [id, buildAgent(id, hooks)]));
  for (const [id, agent] of agents) {
    agent.handoffs = AGENT_PROFILES[id].handsOverTo.flatMap((to) => {
      const target = agents.get(to);
      return target ? [buildHandover(to, target, hooks)] : [];
    });
  }
  const entry = agents.get(first);
  if (!entry) throw new Error(`unknown agent ${first}`);
  return entry;
}

/** The tool by which a model hands over to this agent. */
export function handoverToolName(to: AgentId): string {
  return `transfer_to_${to.replaceAll("-", "_")}`;
}

function buildAgent(id: AgentId, hooks: AgentGraphHooks): Agent {
  return new Agent({
    name: id,
    instructions: instructionsOf(id),
    tools: toolsOf(id, hooks.tools).map((definition) => buildTool(id, definition, hooks)),
  });
}

function buildTool(agent: AgentId, definition: ToolDefinition, hooks: AgentGraphHooks): Tool {
  return tool({
    name: definition.name,
    description: definition.description,
    // Arguments are checked by the definition itself, so that a misfit is an answer to the model and a step of the run.
    parameters: parametersOf(definition),
    strict: false,
    execute: async (input, _context, details) =>
      hooks.runTool({ tool: definition, agent, callId: details?.toolCall?.callId ?? "", input }),
  });
}

function parametersOf(definition: ToolDefinition) {
  const { properties, required } = z.toJSONSchema(definition.parameters);
  return {
    type: "object" as const,
    properties: (properties ?? {}) as Record<string, never>,
    required: required ?? [],
    additionalProperties: true as const,
  };
}

function buildHandover(to: AgentId, target: Agent, hooks: AgentGraphHooks): Handoff {
  return handoff(target, {
    toolNameOverride: handoverToolName(to),
    toolDescriptionOverride: `Hand over to the ${AGENT_PROFILES[to].name}. ${AGENT_PROFILES[to].description}`,
    onHandoff: () => hooks.onHandover(to),
    isEnabled: () => hooks.canHandOver(),
  }) as Handoff;
}
