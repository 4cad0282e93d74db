import { Agent, type Model, type ModelProvider, Runner, tool, Usage } from "@openai/agents";
import { expect, test } from "vitest";
import { z } from "zod";
import { demoProvider } from "./model-demo";

const MODEL = { id: "parley-demo", label: "Demo", contextTokens: 8_000, maxOutputTokens: 1_000 };

const agentsProvider: ModelProvider = {
  getModel: (id): Model => ({
    getResponse: async (request) => {
      const listener = { text: () => {}, aside: () => {}, usage: () => {} };
      return {
        output: await demoProvider([MODEL], 0).getModel(String(id)).answer(request, listener),
        usage: new Usage(),
      };
    },
    getStreamedResponse: () => {
      throw new Error("these agents do not stream");
    },
  }),
};

async function ask(question: string) {
  const calculator = tool({
    name: "calculator",
    description: "Computes",
    parameters: z.object({ expression: z.string() }),
    execute: ({ expression }) => JSON.stringify({ expression, result: "42" }),
  });
  const specialist = new Agent({ name: "code_assistant", tools: [calculator] });
  const triage = new Agent({ name: "triage", tools: [calculator], handoffs: [specialist] });
  const runner = new Runner({
    modelProvider: agentsProvider,
    model: MODEL.id,
    tracingDisabled: true,
  });
  return runner.run(triage, question);
}

test("the demo model says that it is one", async () => {
  expect((await ask("hello")).finalOutput).toMatch(/demo model/);
});

test("it calls the calculator and reads the answer", async () => {
  expect((await ask("What is 6 * 7?")).finalOutput).toContain("exactly **42**");
});

test("it hands over to the code assistant", async () => {
  const result = await ask("Write a function that groups items");
  expect(result.lastAgent?.name).toBe("code_assistant");
  expect(result.finalOutput).toContain("```typescript");
});

test.each([
  ["brackets", "(".repeat(30_000)],
  ["digits", "1".repeat(30_000)],
  ["lists that are not closed", '[{"} '.repeat(6_000)],
  ["ends of lists", `[{"${"}  ".repeat(10_000)}`],
])("a question made of %s is answered", async (_name, question) => {
  expect((await ask(question)).finalOutput).toMatch(/demo model/);
});

test("the same question gets the same answer", async () => {
  expect((await ask("hello")).finalOutput).toBe((await ask("hello")).finalOutput);
});
