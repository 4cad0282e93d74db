// The demo model through the real engine: the scenes that a new developer plays first.

import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRun, untilEnded } from "../../tests/factories/runs";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { keepAnswer } from "../chat/answers";
import { searchOwnConversations } from "../chat/search";
import { replaceLlm } from "../platform/model";
import { demoProvider } from "../platform/model-demo";
import { handOverRuns, startRunDispatcher } from "./dispatcher";

let tenant: TestTenant;

beforeAll(async () => {
  const models = [{ id: "parley-demo", label: "Demo", contextTokens: 32_000, maxOutputTokens: 4_000 }];
  replaceLlm(demoProvider(models, 0));
  tenant = await makeTenant();
  await startRunDispatcher({ searchOwnConversations, keepAnswer });
});

afterAll(async () => {
  await handOverRuns();
  replaceLlm();
});

async function ask(question: string) {
  const run = await makeRun(tenant.scope, question, { model: "parley-demo" });
  const { message } = await untilEnded(tenant.scope, run);
  expect(message.status).toBe("complete");
  const activity = message.activity as unknown as { kind: string; name: string; output?: string }[];
  return { message, did: activity.map((entry) => `${entry.kind} ${entry.name}`) };
}

test("a sum is computed exactly by the calculator", async () => {
  const { message, did } = await ask("What is 19.99 × 3 + 4.5?");
  expect(did).toEqual(["tool calculator"]);
  expect(message.content).toContain("**64.47**");
});

test("the clock answers in the person's time zone", async () => {
  const { message, did } = await ask("What time is it?");
  expect(did).toEqual(["tool current_time"]);
  expect(message.content).toMatch(/\d{2}:\d{2}:\d{2}/);
});

test("a pasted table goes to the data analyst, who summarises it", async () => {
  const { message, did } = await ask(
    "What do you make of this?\ncity,price\nBerlin,0.1\nParis,0.2\nRome,0.4",
  );
  expect(did).toEqual(["agent Data analyst", "tool summarize_table"]);
  expect(message.content).toContain("sum 0.7");
  expect(message.agent).toBe("data-analyst");
});

test("code goes to the code assistant", async () => {
  const { message, did } = await ask("Write a function that groups items by key");
  expect(did).toEqual(["agent Code assistant"]);
  expect(message.content).toContain("```typescript");
});

test("a question about earlier talk searches the person's own conversations and nobody else's", async () => {
  const neighbour = await makeTenant();
  const theirs = await makeRun(neighbour.scope, "The zeppelin budget is secret", { model: "parley-demo" });
  await untilEnded(neighbour.scope, theirs);
  await ask("The zeppelin flies on Tuesday");
  const { message, did } = await ask("What did we say earlier about zeppelin?");
  expect(did).toEqual(["tool search_conversations"]);
  expect(message.content).toMatch(/zeppelin/i);
  expect(message.content).not.toContain("budget");
});
