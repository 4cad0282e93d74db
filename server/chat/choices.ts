// What a person may choose for a conversation: one of the configured models, one of the registered agents.

import { AGENT_IDS, type AgentId, isAgentId } from "../agents/terms";
import { AppError } from "../platform/errors";
import { models } from "../platform/model";

/** The model of this id, or the first one when none was named. Throws `invalid` for one that is not offered. */
export function chosenModel(id: string | undefined): string {
  if (id === undefined) return usableModel(null);
  if (!isOffered(id)) {
    const message = "This model is not available.";
    throw new AppError("invalid", message, { reason: "model_unavailable", fields: { model: message } });
  }
  return id;
}

/** The model a conversation goes on with: its own while it is offered, otherwise the first one. */
export function usableModel(id: string | null): string {
  if (id !== null && isOffered(id)) return id;
  const [first] = models();
  if (first === undefined) throw new AppError("unavailable", "No model is configured.");
  return first.id;
}

/** The agent of this id. Throws `invalid` for one that does not exist. */
export function chosenAgent(id: string): AgentId {
  if (isAgentId(id)) return id;
  throw new AppError("invalid", "This agent does not exist.", {
    fields: { agentId: `Choose one of: ${AGENT_IDS.join(", ")}.` },
  });
}

function isOffered(id: string): boolean {
  return models().some((model) => model.id === id);
}
