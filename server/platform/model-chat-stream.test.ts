import fc from "fast-check";
import { expect, test } from "vitest";
import { ChatStreamReader } from "./model-chat-stream";

function reading() {
  const heard: string[] = [];
  const asides: string[] = [];
  const usage: object[] = [];
  const reader = new ChatStreamReader({
    text: (text) => heard.push(text),
    aside: (text) => asides.push(text),
    usage: (told) => usage.push(told),
  });
  return { reader, heard, asides, usage };
}

const event = (chunk: object) => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (fields: object, finish: string | null = null) =>
  event({ id: "c1", choices: [{ index: 0, delta: fields, finish_reason: finish }] });

const BODY = [
  ": a comment\n\n",
  delta({ role: "assistant", content: "" }),
  delta({ content: "Grüße, " }),
  delta({ reasoning: "hm" }),
  delta({ content: "世界 👋\n" }),
  delta({ tool_calls: [{ index: 0, id: "t", function: { name: "note", arguments: "{" } }] }),
  delta({ tool_calls: [{ index: 0, function: { arguments: "}" } }] }),
  delta({}, "tool_calls"),
  event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }),
  "data: [DONE]\n\n",
].join("");

test("a body reads the same wherever it is cut and however its lines end", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(fc.nat(BODY.length * 2), { maxLength: 30 }),
      (lineEnd, cuts) => {
        const body = BODY.replaceAll("\n", lineEnd);
        const { reader, heard, asides, usage } = reading();
        const places = [0, ...cuts.filter((cut) => cut < body.length).sort((a, b) => a - b), body.length];
        for (let n = 1; n < places.length; n += 1) reader.read(body.slice(places[n - 1], places[n]));
        const whole = reader.finish();
        expect(heard.join("")).toBe("Grüße, 世界 👋\n");
        expect(asides.join("")).toBe("hmnote{}");
        expect(whole).toMatchObject({
          id: "c1",
          choices: [{ finish_reason: "tool_calls", delta: { content: "Grüße, 世界 👋\n", reasoning: "hm" } }],
        });
        expect(whole.choices[0].delta.tool_calls).toHaveLength(2);
        expect(usage).toEqual([
          { inputTokens: 3, outputTokens: 2, cachedInputTokens: 0, reasoningTokens: 0 },
        ]);
      },
    ),
  );
});

test("what arrives together is told in one piece, and nothing is wanted after the end", () => {
  const { reader, heard } = reading();
  expect(reader.read(delta({ content: "a" }) + delta({ content: "b" }))).toBe(true);
  expect(reader.read(`${delta({}, "stop")}data: [DONE]\n\n`)).toBe(false);
  expect(heard).toEqual(["ab"]);
});

test("reasoning and refusals are asides by every name, and what is none is not told", () => {
  const { reader, asides, heard } = reading();
  for (const fields of [
    { reasoning_content: "so" },
    { refusal: "no" },
    { reasoning: { effort: "high" } },
    { tool_calls: [null, { index: 0, function: null }, { index: 0 }] },
    { content: "yes" },
  ])
    reader.read(delta(fields));
  expect([asides, heard]).toEqual([["so", "no"], ["yes"]]);
});

test("an error inside the stream, a broken chunk and a missing end are failures", () => {
  expect(() => reading().reader.read(event({ error: { message: "overloaded" } }))).toThrow(
    "provider_unavailable",
  );
  expect(() => reading().reader.read("data: {oops\n\n")).toThrow(SyntaxError);
  const { reader } = reading();
  reader.read(delta({ content: "half" }));
  expect(() => reader.finish()).toThrow("provider_disconnected");
});
