// What a tool is. A tool belongs to every agent (`isCore`) or to those it lists, and only to agents that have all the
// capabilities it needs (CHAT-08). A tool that lacks its key is off and says why (CHAT-09).

import type { z } from "zod";
import type { TenantScope } from "../platform/tenant-db";
import type { Feature } from "../tenants/terms";
import type { AgentId, Capability } from "./terms";

/** One of the caller's own conversations that matches a search. */
export interface ConversationHit {
  conversationId: string;
  title: string | null;
  snippet: string;
  createdAt: string;
}

/** Searches what the person of this scope has said and read; the chat room provides it. */
export type SearchOwnConversations = (scope: TenantScope, query: string) => Promise<ConversationHit[]>;

/** What a tool may reach while it runs: the person it runs for, and no one else. */
export interface ToolContext {
  scope: TenantScope;
  /** IANA name, such as Europe/Berlin. */
  timeZone: string;
  signal: AbortSignal;
  searchOwnConversations: SearchOwnConversations;
}

export interface ToolDefinition {
  name: string;
  label: string;
  description: string;
  isCore: boolean;
  agents: readonly AgentId[];
  capabilities: readonly Capability[];
  /** Running it twice changes nothing, so that a run that changed hands may run it again. */
  isIdempotent: boolean;
  parameters: z.ZodObject;
  /** The feature of a workspace that switches the tool off; absent for tools that are always there. */
  feature?: Feature;
  /** Why the tool cannot be used here; null when it can. */
  offReason(): string | null;
  run(input: unknown, context: ToolContext): Promise<unknown>;
}

type ToolSpec<Parameters extends z.ZodObject> = Omit<ToolDefinition, "parameters" | "run" | "offReason"> & {
  parameters: Parameters;
  offReason?: () => string | null;
  run(input: z.output<Parameters>, context: ToolContext): Promise<unknown>;
};

/** A refusal that the model reads and can mend, such as an expression that does not parse. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}

/** Declares a tool; its input is checked against `parameters` before `run` sees it. */
export function defineTool<Parameters extends z.ZodObject>(spec: ToolSpec<Parameters>): ToolDefinition {
  return {
    ...spec,
    offReason: spec.offReason ?? (() => null),
    run: async (input, context) => {
      const parsed = spec.parameters.safeParse(input);
      if (!parsed.success) {
        const faults = parsed.error.issues.map(
          (issue) => `${issue.path.join(".") || "input"}: ${issue.message}`,
        );
        throw new ToolRefusal(`The arguments do not fit: ${faults.join("; ")}`);
      }
      return spec.run(parsed.data, context);
    },
  };
}
