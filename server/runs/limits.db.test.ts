// What a run may use up, with limits small enough to reach.

import { afterAll, beforeAll, expect, test } from "vitest";
import { countingTool, makeRun, untilEnded } from "../../tests/factories/runs";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { type FakeProvider, startFakeProvider } from "../../tests/fake-provider";
import { keepAnswer } from "../chat/answers";
import { resetConfig } from "../platform/config";
import { replaceLlm } from "../platform/model";
import { openAiProvider } from "../platform/model-openai";
import { handOverRuns, startRunDispatcher } from "./dispatcher";

let provider: FakeProvider;
let tenant: TestTenant;

beforeAll(async () => {
  Object.assign(process.env, { RUN_STEPS_MAX: "4", RUN_HANDOFFS_MAX: "2", RUN_DURATION_MS_MAX: "4000" });
  resetConfig();
  provider = await startFakeProvider();
  const models = [{ id: "fake-1", label: "Fake", contextTokens: 8_000, maxOutputTokens: 1_000 }];
  replaceLlm(openAiProvider({ apiKey: "test", baseUrl: provider.url, models }));
  tenant = await makeTenant();
  const tools = [countingTool(() => {})];
  await startRunDispatcher({ tools, searchOwnConversations: async () => [], keepAnswer });
});

afterAll(async () => {
  await handOverRuns();
  await provider.close();
  replaceLlm();
});

test("handovers end at their limit, and whoever has the run then answers", async () => {
  const run = await makeRun(tenant.scope, "wander");
  const { message, run: ended } = await untilEnded(tenant.scope, run);
  expect(message.status).toBe("complete");
  expect(ended).toMatchObject({ handoffCount: 2, stepCount: 3 });
});

test("the last step is offered no tools", async () => {
  const run = await makeRun(tenant.scope, "loop note");
  const { message } = await untilEnded(tenant.scope, run);
  expect(message.errorReason).toBe("step_limit");
  expect(provider.calls.slice(-4).map((call) => call.tools.length > 0)).toEqual([true, true, true, false]);
});

test("a run that takes too long ends with its text kept and its call on record", async () => {
  provider.paceMs = 100;
  const run = await makeRun(tenant.scope, "say 500 words");
  const { message, events, usage } = await untilEnded(tenant.scope, run, 20_000);
  expect(message).toMatchObject({ status: "error", errorReason: "time_limit" });
  expect(message.content).toMatch(/^word1 word2/);
  expect(events.at(-1)).toMatchObject({ type: "error", reason: "time_limit" });
  expect(usage).toMatchObject([{ outcome: "aborted", source: "estimate" }]);
});
