// Web search through Tavily. Off without TAVILY_API_KEY.

import { z } from "zod";
import { config } from "../../platform/config";
import { defineTool, ToolRefusal } from "../tool";

const ENDPOINT = "https://api.tavily.com/search";
const RESULTS_MAX = 5;
const TIMEOUT_MS = 10_000;

const answerSchema = z.object({
  results: z.array(z.object({ title: z.string(), url: z.string(), content: z.string() })),
});

export const webSearch = defineTool({
  name: "web_search",
  label: "Web search",
  description:
    "Searches the public web and returns titles, addresses and excerpts. Cite the addresses you use.",
  feature: "webSearch",
  isCore: true,
  agents: [],
  capabilities: ["web"],
  isIdempotent: true,
  offReason: () => (config().tavilyApiKey ? null : "TAVILY_API_KEY is not set"),
  parameters: z.object({ query: z.string().min(1).max(400) }),
  run: async ({ query }, context) => {
    const response = await fetch(ENDPOINT, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${config().tavilyApiKey}` },
      body: JSON.stringify({ query, max_results: RESULTS_MAX }),
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) throw new ToolRefusal(`The search service answered ${response.status}.`);
    const { results } = answerSchema.parse(await response.json());
    return { query, results: results.slice(0, RESULTS_MAX) };
  },
});
