// The tree of a conversation against a model of it: whatever is sent, edited, regenerated, retried, continued and chosen,
// in any order, the path shown and the versions of each turn are those of the model.
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeConversation, readConversation } from "../../tests/factories/conversations";
import { endRun } from "../../tests/factories/messages";
import { makeTenant } from "../../tests/factories/tenants";
import { newId } from "../platform/ids";
import type { Scope } from "../tenants/scope";
import type { StartedRun } from "./contract";
import { setLeaf } from "./conversation-changes";
import { listMessages } from "./messages";
import { continueAnswer, editMessage, regenerateAnswer, retryAnswer, sendMessage } from "./start-run";

process.env["RATE_LIMIT_SCALE"] = "1000";

interface Node {
  id: string;
  parentId: string | null;
  role: "user" | "assistant";
  isBrokenOff: boolean;
}

class Tree {
  readonly nodes: Node[] = [];
  leafId: string | null = null;

  add(run: StartedRun, parentId: string | null, isBrokenOff: boolean): void {
    if (!this.find(run.userMessageId)) {
      this.nodes.push({ id: run.userMessageId, parentId, role: "user", isBrokenOff: false });
    }
    const answer = this.find(run.assistantMessageId);
    if (answer) answer.isBrokenOff = isBrokenOff;
    else {
      const id = run.assistantMessageId;
      this.nodes.push({ id, parentId: run.userMessageId, role: "assistant", isBrokenOff });
    }
    this.leafId = run.assistantMessageId;
  }

  find(id: string | null): Node | undefined {
    return this.nodes.find((node) => node.id === id);
  }

  childrenOf(id: string | null): string[] {
    return this.nodes.filter((node) => node.parentId === id).map((node) => node.id);
  }

  newestLeafUnder(id: string): string {
    const newest = this.childrenOf(id).at(-1);
    return newest === undefined ? id : this.newestLeafUnder(newest);
  }

  /** Leaf first. */
  path(): Node[] {
    const path: Node[] = [];
    for (let node = this.find(this.leafId); node; node = this.find(node.parentId)) path.push(node);
    return path;
  }
}

interface Step {
  act: "send" | "edit" | "regenerate" | "retry" | "continue" | "choose";
  pick: number;
  endsAs: "complete" | "stopped" | "error";
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom("send", "send", "edit", "regenerate", "retry", "continue", "choose"),
  pick: fc.nat(1_000),
  endsAs: fc.constantFrom("complete", "stopped", "error"),
});

interface Bench {
  scope: Scope;
  conversationId: string;
  tree: Tree;
}

async function take({ scope, conversationId, tree }: Bench, { act, pick, endsAs }: Step): Promise<void> {
  const role = act === "edit" ? "user" : "assistant";
  const targets = tree.nodes.filter((node) => act === "choose" || node.role === role);
  const target = targets[pick % Math.max(targets.length, 1)];
  const request = { messageId: target?.id ?? "", clientMessageId: newId() };
  const settle = (run: StartedRun) => endRun(scope, run, { text: "text", status: endsAs });
  const isBrokenOff = endsAs !== "complete";
  if (act === "send" || target === undefined) {
    const { clientMessageId } = request;
    const run = await settle(await sendMessage(scope, { conversationId, text: "text", clientMessageId }));
    return tree.add(run, tree.leafId, isBrokenOff);
  }
  if (act === "choose") {
    tree.leafId = tree.newestLeafUnder(target.id);
    const { activeLeafId } = await setLeaf(scope, { conversationId, messageId: target.id });
    return expect(activeLeafId).toBe(tree.leafId);
  }
  if (act === "edit") {
    const run = await settle(await editMessage(scope, { ...request, text: "text" }));
    return tree.add(run, target.parentId, isBrokenOff);
  }
  const again = { regenerate: regenerateAnswer, retry: retryAnswer, continue: continueAnswer }[act];
  const isLast = tree.childrenOf(target.id).length === 0;
  const isAllowed = act === "regenerate" || (target.isBrokenOff && (act === "retry" || isLast));
  if (!isAllowed) return expect(again(scope, request)).rejects.toMatchObject({ code: "conflict" });
  const run = await settle(await again(scope, request));
  if (act === "continue") expect(run.assistantMessageId).toBe(target.id);
  else expect(tree.find(run.assistantMessageId)).toBeUndefined();
  tree.add(run, target.parentId, isBrokenOff);
}

test("a conversation's tree is its model's, after any steps in any order", async () => {
  const { scope } = await makeTenant();
  const story = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
    const bench = { scope, conversationId: await makeConversation(scope), tree: new Tree() };
    const { conversationId, tree } = bench;
    for (const next of steps) await take(bench, next);
    const { items } = await listMessages(scope, { conversationId, limit: 100 });
    expect(items.map((item) => item.id)).toEqual(tree.path().map((node) => node.id));
    for (const item of items) {
      expect(item.siblingIds).toEqual(tree.childrenOf(item.parentId));
      expect(item.role).toBe(tree.find(item.id)?.role);
    }
    const row = await readConversation(scope, conversationId);
    expect(row).toMatchObject({ activeLeafId: tree.leafId, messageCount: tree.nodes.length });
  });
  await fc.assert(story, { numRuns: 8 });
}, 120_000);
