// The agent and the model that new conversations begin with. A workspace may have set its own; either falls back to the
// usual one when it is no longer offered.

import { type AgentId, ENTRY_AGENT, isAgentId } from "../agents/terms";
import { offeredModels } from "../catalogue/models";
import type { ModelInfo } from "../platform/model";
import type { Scope } from "../tenants/scope";
import {
  getPreferences,
  type TenantPreferences,
  type TenantSettings,
  updateSettings,
} from "../tenants/settings";
import { chosenAgent, chosenModel, usableModel } from "./choices";
import type { SetDefaults } from "./contract";

/** Saves what new conversations begin with; throws as `updateSettings`, and `invalid` for what is not offered. */
export async function setDefaults(
  scope: Scope,
  { version, agentId, model }: SetDefaults,
): Promise<TenantSettings> {
  return updateSettings(scope, {
    version,
    defaultAgent: agentId === null ? null : chosenAgent(agentId),
    defaultModel: model === null ? null : chosenModel(await offeredModels(scope), model),
  });
}

/** What a new conversation begins with here when nobody chooses. */
export async function readDefaults(scope: Scope): Promise<{ agentId: AgentId; model: string }> {
  const [preferences, offered] = await Promise.all([getPreferences(scope), offeredModels(scope)]);
  return { agentId: usualAgent(preferences), model: usualModel(offered, preferences) };
}

export function usualAgent({ defaultAgent }: TenantPreferences): AgentId {
  return defaultAgent !== null && isAgentId(defaultAgent) ? defaultAgent : ENTRY_AGENT;
}

export function usualModel(offered: ModelInfo[], { defaultModel }: TenantPreferences): string {
  return usableModel(offered, defaultModel);
}
