import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resetConfig } from "../../platform/config";
import type { ToolContext } from "../tool";
import { webSearch } from "./web-search";

const SETTINGS = {
  DATABASE_URL: "postgresql://none",
  DATABASE_PLATFORM_URL: "postgresql://none",
  TAVILY_API_KEY: "tvly-test",
};

// why: Tavily is a paid service on the internet; its answer is what the tool is about.
const tavily = setupServer(
  http.post("https://api.tavily.com/search", async ({ request }) => {
    const { query } = (await request.json()) as { query: string };
    if (request.headers.get("authorization") !== "Bearer tvly-test")
      return new HttpResponse(null, { status: 401 });
    if (query === "broken") return new HttpResponse(null, { status: 503 });
    const results = Array.from({ length: 9 }, (_, index) => ({
      title: `Title ${index}`,
      url: `https://example.com/${index}`,
      content: query,
      score: 0.5,
    }));
    return HttpResponse.json({ results });
  }),
);

beforeAll(() => {
  Object.assign(process.env, SETTINGS);
  resetConfig();
  tavily.listen({ onUnhandledRequest: "error" });
});
afterAll(() => {
  tavily.close();
  for (const name of Object.keys(SETTINGS)) delete process.env[name];
  resetConfig();
});

const context = { signal: new AbortController().signal } as ToolContext;

test("with its key the search is on and answers a bounded list", async () => {
  expect(webSearch.offReason()).toBeNull();
  const answer = (await webSearch.run({ query: "tea" }, context)) as {
    results: { url: string; content: string }[];
  };
  expect(answer.results).toHaveLength(5);
  expect(answer.results[0]).toEqual({ title: "Title 0", url: "https://example.com/0", content: "tea" });
});

test("a service that refuses is an answer to the model, not a crash", async () => {
  await expect(webSearch.run({ query: "broken" }, context)).rejects.toThrow("answered 503");
});

test("arguments that do not fit are refused with what is wrong", async () => {
  await expect(webSearch.run({ q: 1 }, context)).rejects.toThrow(/query/);
});
