import type { AgentInputItem, ModelRequest } from "@openai/agents";
import { expect, test } from "vitest";
import { promptText } from "../../agents/held-call";
import { estimateTokens } from "../../platform/tokens";
import { Shortening } from "./shortening";

const asked = (content: string): AgentInputItem => ({ role: "user", content });
const answered = (text: string): AgentInputItem => ({
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text }],
});

function requestOf(input: AgentInputItem[]): ModelRequest {
  return { input, modelSettings: {}, tools: [], handoffs: [], outputType: "text", tracing: false };
}

const HISTORY = Array.from({ length: 10 }, (_, index) =>
  index % 2 === 0 ? asked(`question ${index}`.repeat(20)) : answered(`answer ${index}`.repeat(20)),
);
const REQUEST = requestOf([...HISTORY, asked("and now?")]);

test("half of the prompt goes, from the oldest turn on, and what is left begins with a person", () => {
  const shortening = new Shortening(HISTORY.length);
  expect(shortening.apply(REQUEST)).toBe(REQUEST);
  let sent: ModelRequest = REQUEST;
  while (shortening.halve(REQUEST)) {
    const shorter = shortening.apply(REQUEST);
    expect(estimateTokens(promptText(shorter))).toBeLessThanOrEqual(estimateTokens(promptText(sent)) / 2);
    expect(shorter.input[0]).toMatchObject({ role: "user" });
    expect(shorter.input.at(-1)).toEqual(asked("and now?"));
    sent = shorter;
  }
  expect(sent.input).toEqual([asked("and now?")]);
});

test("later steps and later owners leave out the same turns, and never what came after the question", () => {
  const shortening = new Shortening(HISTORY.length);
  shortening.halve(REQUEST);
  const results = [answered("a call"), asked("its result")];
  const later = requestOf([...HISTORY, asked("and now?"), ...results]);
  expect(shortening.apply(later).input).toEqual([...shortening.apply(REQUEST).input, ...results]);
  const nextOwner = new Shortening(HISTORY.length);
  nextOwner.resume(shortening.turnsLeftOut);
  expect(nextOwner.apply(later)).toEqual(shortening.apply(later));
});

test("a prompt without older turns cannot be shortened", () => {
  const request = requestOf([asked("long ".repeat(1_000))]);
  const shortening = new Shortening(0);
  expect(shortening.halve(request)).toBe(false);
  expect(shortening.apply(request)).toBe(request);
});
