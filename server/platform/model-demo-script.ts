// What the demo model does with a question: hand over, call a tool, or answer. Decided by the person's words alone, so
// that the same question always plays the same scene.

import type { ModelRequest } from "@openai/agents";
import { codeAnswer, dataAnswer, longAnswer, plainAnswer, titleOf, toolAnswer } from "./model-demo-answers";

export interface DemoTurn {
  text?: string;
  calls?: { name: string; input: unknown }[];
}

interface Scene {
  question: string;
  tools: Set<string>;
  handovers: string[];
  /** What tools have answered since the question, by tool name. */
  results: Map<string, string>;
  isContinuation: boolean;
}

const CODE =
  /\b(code|function|bug|typescript|javascript|python|sql|regex|script|compile|refactor|class|api)\b/i;
const DATA = /\b(csv|table|data|chart|average|median|statistics?|figures|trend|forecast)\b/i;
const TIME = /\b(time|date|today|day is it|clock|o'clock|weekday)\b/i;
const RECALL =
  /\b(earlier|before|previous(ly)?|last time|did (i|we) (say|discuss|talk)|search my|find in my)\b/i;
// Sums are looked for in the beginning only: the patterns that find them begin anew at every digit and bracket.
const ARITHMETIC_LENGTH_MAX = 2_000;
const ARITHMETIC = /\d[\d\s.,]*(?:[-+*/×÷^%]|\bplus\b|\btimes\b)\s*[\d(]/i;
const LONG = /\b(long|essay|story|in depth|everything about|detailed)\b/i;
const TITLE_REQUEST = /\btitle\b/i;

/** The next turn of the scene: at most one handover or tool call, then the answer. */
export function playTurn(request: ModelRequest, modelId: string): DemoTurn {
  const scene = readScene(request);
  if (isTitleRequest(request, scene)) return { text: titleOf(scene.question) };
  return handover(scene) ?? toolCall(scene) ?? answer(scene, modelId);
}

function handover(scene: Scene): DemoTurn | undefined {
  const wanted =
    looksLikeTable(scene.question) || DATA.test(scene.question)
      ? "data_analyst"
      : CODE.test(scene.question)
        ? "code_assistant"
        : undefined;
  // One handover for a question: whoever received it answers.
  if (!wanted || [...scene.results.keys()].some((name) => name.startsWith("transfer_to_"))) return undefined;
  const name = `transfer_to_${wanted}`;
  return scene.handovers.includes(name) ? { calls: [{ name, input: {} }] } : undefined;
}

function toolCall(scene: Scene): DemoTurn | undefined {
  const { question } = scene;
  const wanted = [
    looksLikeTable(question) && { name: "summarize_table", input: { data: tableIn(question), format: null } },
    ARITHMETIC.test(question.slice(0, ARITHMETIC_LENGTH_MAX)) && {
      name: "calculator",
      input: { expression: expressionIn(question) },
    },
    TIME.test(question) && { name: "current_time", input: { timeZone: null } },
    RECALL.test(question) && { name: "search_conversations", input: { query: keywordsIn(question) } },
  ].find((call) => call && scene.tools.has(call.name) && !scene.results.has(call.name));
  return wanted ? { calls: [wanted] } : undefined;
}

function answer(scene: Scene, modelId: string): DemoTurn {
  const isBrief = modelId.includes("brief");
  const [tool, result] = [...scene.results].findLast(([name]) => !name.startsWith("transfer_to_")) ?? [];
  if (scene.isContinuation)
    return { text: " … and this is where the demo model goes on from the text that was kept." };
  if (tool === "summarize_table" && result) return { text: dataAnswer(result) };
  if (tool && result) return { text: toolAnswer(tool, result) };
  if (CODE.test(scene.question)) return { text: codeAnswer(isBrief) };
  if (LONG.test(scene.question)) return { text: longAnswer(scene.question) };
  return { text: plainAnswer(scene.question, isBrief) };
}

function readScene(request: ModelRequest): Scene {
  const items =
    typeof request.input === "string" ? [{ role: "user", content: request.input }] : request.input;
  const users = items.flatMap((item, index) => ("role" in item && item.role === "user" ? [index] : []));
  const last = users.at(-1) ?? -1;
  const isContinuation = /^Continue your last answer/.test(textOf(items[last]));
  const asked = isContinuation ? users.at(-2) : last;
  return {
    question: textOf(items[asked ?? -1]),
    tools: new Set(request.tools.map((tool) => ("name" in tool ? tool.name : ""))),
    handovers: request.handoffs.map((target) => target.toolName),
    results: resultsAfter(items.slice(last + 1)),
    isContinuation,
  };
}

function resultsAfter(items: unknown[]): Map<string, string> {
  const results = new Map<string, string>();
  for (const item of items as { type?: string; name?: string; output?: unknown }[]) {
    if (item.type === "function_call_result" && item.name)
      results.set(item.name, textOf({ content: item.output }));
  }
  return results;
}

function textOf(item: unknown): string {
  const content: unknown = (item as { content?: unknown } | undefined)?.content;
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part: { text?: string }) => part.text ?? "").join("");
  return (content as { text?: string } | undefined)?.text ?? "";
}

function isTitleRequest(request: ModelRequest, scene: Scene): boolean {
  return (
    scene.tools.size === 0 &&
    scene.handovers.length === 0 &&
    TITLE_REQUEST.test(request.systemInstructions ?? "")
  );
}

function looksLikeTable(text: string): boolean {
  const lines = text.split("\n").filter((line) => /\S[,;\t]\S/.test(line));
  return lines.length >= 3 || /\[\s*\{\s*"/.test(text);
}

function tableIn(text: string): string {
  return (
    jsonListIn(text) ??
    text
      .split("\n")
      .filter((line) => /\S[,;\t]/.test(line))
      .join("\n")
  );
}

function jsonListIn(text: string): string | undefined {
  const from = text.search(/\[\s*\{/);
  const end = [...text.matchAll(/\}\s*\]/g)].at(-1);
  if (from === -1 || end === undefined || end.index < from) return undefined;
  return text.slice(from, end.index + end[0].length);
}

function expressionIn(text: string): string {
  const spoken = text
    .slice(0, ARITHMETIC_LENGTH_MAX)
    .replace(/\bplus\b/gi, "+")
    .replace(/\btimes\b/gi, "*");
  return (spoken.match(/[\d(][\d\s.()+\-*/×÷^%]*[\d)%]/)?.[0] ?? "0").trim();
}

function keywordsIn(text: string): string {
  const words = text
    .match(/\p{L}{4,}/gu)
    ?.filter((word) => !RECALL.test(word) && !/^(what|about|find|search|talk)/i.test(word));
  return words?.slice(0, 3).join(" ") || text.slice(0, 60);
}
