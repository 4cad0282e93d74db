// What a person may choose for a conversation: one of the models their workspace is offered, one of the registered agents.

import { AGENT_IDS, type AgentId, isAgentId } from "../agents/terms";
import { AppError } from "../platform/errors";
import type { ModelInfo } from "../platform/model";

/** The model of this id. Throws `invalid` for one that is not offered. */
export function chosenModel(offered: ModelInfo[], id: string): string {
  if (!isOffered(offered, id)) {
    const message = "This model is not available.";
    throw new AppError("invalid", message, { reason: "model_unavailable", fields: { model: message } });
  }
  return id;
}

/** The model a conversation goes on with: its own while it is offered, otherwise the first one. */
export function usableModel(offered: ModelInfo[], id: string | null): string {
  if (id !== null && isOffered(offered, id)) return id;
  const [first] = offered;
  if (first === undefined)
    throw new AppError("unavailable", "No model has a price. An operator must load the prices.");
  return first.id;
}

/** The agent of this id. Throws `invalid` for one that does not exist. */
export function chosenAgent(id: string): AgentId {
  if (isAgentId(id)) return id;
  throw new AppError("invalid", "This agent does not exist.", {
    fields: { agentId: `Choose one of: ${AGENT_IDS.join(", ")}.` },
  });
}

function isOffered(offered: ModelInfo[], id: string): boolean {
  return offered.some((model) => model.id === id);
}
