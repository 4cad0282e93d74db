import { afterAll, beforeAll, expect, test } from "vitest";
import { resetConfig } from "../platform/config";
import { listAgents, listTools, TOOLS, toolsOf } from "./registry";
import { AGENT_IDS, AGENT_PROFILES } from "./terms";

const SETTINGS = { DATABASE_URL: "postgresql://none", DATABASE_PLATFORM_URL: "postgresql://none" };

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
  const search = listTools().find((tool) => tool.name === "web_search");
  expect(search).toMatchObject({ isEnabled: false, offReason: "TAVILY_API_KEY is not set" });
  for (const agent of AGENT_IDS) expect(toolsOf(agent).map((tool) => tool.name)).not.toContain("web_search");
});

test("triage comes first and hands over to both specialists", () => {
  const [first] = listAgents();
  expect(first).toMatchObject({
    id: "triage",
    isEntry: true,
    handsOverTo: ["code-assistant", "data-analyst"],
  });
  for (const profile of Object.values(AGENT_PROFILES)) expect(profile.handsOverTo).not.toContain(profile.id);
});
