import { z } from "zod";
import { defineTool } from "../tool";

const HITS_MAX = 8;

export const searchConversations = defineTool({
  name: "search_conversations",
  label: "Search my conversations",
  description: "Full-text search in the person's own earlier conversations. Use it when they refer to one.",
  feature: "conversationSearch",
  isCore: true,
  agents: [],
  capabilities: ["conversations"],
  isIdempotent: true,
  parameters: z.object({ query: z.string().min(1).max(200).describe("A few words") }),
  run: async ({ query }, context) => {
    const hits = await context.searchOwnConversations(context.scope, query);
    return { query, hits: hits.slice(0, HITS_MAX) };
  },
});
