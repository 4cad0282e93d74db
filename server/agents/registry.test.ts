import { afterAll, beforeAll, expect, test } from "vitest";
import { resetConfig } from "../platform/config";
import { listAgents, listTools, TOOLS, toolsOf, toolsWith } from "./registry";
import { AGENT_IDS, AGENT_PROFILES } from "./terms";

const SETTINGS = { DATABASE_URL: "postgresql://none", DATABASE_PLATFORM_URL: "postgresql://none" };

const ALL_ON = { webSearch: true, conversationSearch: true, conversationExport: true };

beforeAll(() => {
  Object.assign(process.env, SETTINGS);
  resetConfig();
});
afterAll(() => {
  for (const name of Object.keys(SETTINGS)) delete process.env[name];
  resetConfig();
});

test("an agent gets its own tools and no others", () => {
  expect(toolsOf("triage").map((tool) => tool.name)).not.toContain("summarize_table");
  expect(toolsOf("data-analyst").map((tool) => tool.name)).toContain("summarize_table");
});

test("a tool is kept from an agent without the capability it needs", () => {
  const [clock] = TOOLS.filter((tool) => tool.name === "current_time");
  if (!clock) throw new Error("there is no clock");
  const tables = { ...clock, name: "tables_only", capabilities: ["tables"] as const };
  expect(toolsOf("triage", [tables])).toEqual([]);
  expect(toolsOf("data-analyst", [tables])).toHaveLength(1);
});

test("web search without its key is off and says why, not broken", () => {
  const search = listTools(ALL_ON).find((tool) => tool.name === "web_search");
  expect(search).toMatchObject({ isEnabled: false, offReason: "TAVILY_API_KEY is not set" });
  for (const agent of AGENT_IDS) expect(toolsOf(agent).map((tool) => tool.name)).not.toContain("web_search");
});

test("what a workspace has switched off is off there, and says so", () => {
  const features = { ...ALL_ON, conversationSearch: false };
  const search = listTools(features).find((tool) => tool.name === "search_conversations");
  expect(search).toMatchObject({ isEnabled: false, offReason: "Switched off in this workspace" });
  for (const agent of listAgents(features)) expect(agent.tools).not.toContain("search_conversations");
  expect(toolsWith(features).map((tool) => tool.name)).not.toContain("search_conversations");
  expect(toolsWith(ALL_ON)).toEqual(TOOLS);
});

test("triage comes first and hands over to both specialists", () => {
  const [first] = listAgents(ALL_ON);
  expect(first).toMatchObject({
    id: "triage",
    isEntry: true,
    handsOverTo: ["code-assistant", "data-analyst"],
  });
  for (const profile of Object.values(AGENT_PROFILES)) expect(profile.handsOverTo).not.toContain(profile.id);
});
